package dev.quantgate.natives.llama;

import static dev.quantgate.natives.llama.bindings.global.llama.GGML_TYPE_BF16;
import static dev.quantgate.natives.llama.bindings.global.llama.GGML_TYPE_F16;
import static dev.quantgate.natives.llama.bindings.global.llama.GGML_TYPE_F32;
import static dev.quantgate.natives.llama.bindings.global.llama.GGML_TYPE_F64;
import static dev.quantgate.natives.llama.bindings.global.llama.GGML_TYPE_I16;
import static dev.quantgate.natives.llama.bindings.global.llama.GGML_TYPE_I32;
import static dev.quantgate.natives.llama.bindings.global.llama.GGML_TYPE_I64;
import static dev.quantgate.natives.llama.bindings.global.llama.GGML_TYPE_I8;
import static dev.quantgate.natives.llama.bindings.global.llama.GGML_TYPE_IQ1_M;
import static dev.quantgate.natives.llama.bindings.global.llama.GGML_TYPE_IQ1_S;
import static dev.quantgate.natives.llama.bindings.global.llama.GGML_TYPE_IQ2_S;
import static dev.quantgate.natives.llama.bindings.global.llama.GGML_TYPE_IQ2_XS;
import static dev.quantgate.natives.llama.bindings.global.llama.GGML_TYPE_IQ2_XXS;
import static dev.quantgate.natives.llama.bindings.global.llama.GGML_TYPE_IQ3_S;
import static dev.quantgate.natives.llama.bindings.global.llama.GGML_TYPE_IQ3_XXS;
import static dev.quantgate.natives.llama.bindings.global.llama.GGML_TYPE_IQ4_NL;
import static dev.quantgate.natives.llama.bindings.global.llama.GGML_TYPE_IQ4_XS;
import static dev.quantgate.natives.llama.bindings.global.llama.GGML_TYPE_MXFP4;
import static dev.quantgate.natives.llama.bindings.global.llama.GGML_TYPE_NVFP4;
import static dev.quantgate.natives.llama.bindings.global.llama.GGML_TYPE_Q1_0;
import static dev.quantgate.natives.llama.bindings.global.llama.GGML_TYPE_Q2_0;
import static dev.quantgate.natives.llama.bindings.global.llama.GGML_TYPE_Q2_K;
import static dev.quantgate.natives.llama.bindings.global.llama.GGML_TYPE_Q3_K;
import static dev.quantgate.natives.llama.bindings.global.llama.GGML_TYPE_Q4_0;
import static dev.quantgate.natives.llama.bindings.global.llama.GGML_TYPE_Q4_1;
import static dev.quantgate.natives.llama.bindings.global.llama.GGML_TYPE_Q4_K;
import static dev.quantgate.natives.llama.bindings.global.llama.GGML_TYPE_Q5_0;
import static dev.quantgate.natives.llama.bindings.global.llama.GGML_TYPE_Q5_1;
import static dev.quantgate.natives.llama.bindings.global.llama.GGML_TYPE_Q5_K;
import static dev.quantgate.natives.llama.bindings.global.llama.GGML_TYPE_Q6_K;
import static dev.quantgate.natives.llama.bindings.global.llama.GGML_TYPE_Q8_0;
import static dev.quantgate.natives.llama.bindings.global.llama.GGML_TYPE_Q8_1;
import static dev.quantgate.natives.llama.bindings.global.llama.GGML_TYPE_Q8_K;
import static dev.quantgate.natives.llama.bindings.global.llama.GGML_TYPE_TQ1_0;
import static dev.quantgate.natives.llama.bindings.global.llama.GGML_TYPE_TQ2_0;

import java.util.Locale;
import java.util.Optional;

/** How the numbers of a tensor are stored: the types of ggml, by its names. */
public enum TensorType {
    /** ggml type f32. */
    F32(GGML_TYPE_F32),
    /** ggml type f16. */
    F16(GGML_TYPE_F16),
    /** ggml type q4_0. */
    Q4_0(GGML_TYPE_Q4_0),
    /** ggml type q4_1. */
    Q4_1(GGML_TYPE_Q4_1),
    /** ggml type q5_0. */
    Q5_0(GGML_TYPE_Q5_0),
    /** ggml type q5_1. */
    Q5_1(GGML_TYPE_Q5_1),
    /** ggml type q8_0. */
    Q8_0(GGML_TYPE_Q8_0),
    /** ggml type q8_1. */
    Q8_1(GGML_TYPE_Q8_1),
    /** ggml type q2_k. */
    Q2_K(GGML_TYPE_Q2_K),
    /** ggml type q3_k. */
    Q3_K(GGML_TYPE_Q3_K),
    /** ggml type q4_k. */
    Q4_K(GGML_TYPE_Q4_K),
    /** ggml type q5_k. */
    Q5_K(GGML_TYPE_Q5_K),
    /** ggml type q6_k. */
    Q6_K(GGML_TYPE_Q6_K),
    /** ggml type q8_k. */
    Q8_K(GGML_TYPE_Q8_K),
    /** ggml type iq2_xxs. */
    IQ2_XXS(GGML_TYPE_IQ2_XXS),
    /** ggml type iq2_xs. */
    IQ2_XS(GGML_TYPE_IQ2_XS),
    /** ggml type iq3_xxs. */
    IQ3_XXS(GGML_TYPE_IQ3_XXS),
    /** ggml type iq1_s. */
    IQ1_S(GGML_TYPE_IQ1_S),
    /** ggml type iq4_nl. */
    IQ4_NL(GGML_TYPE_IQ4_NL),
    /** ggml type iq3_s. */
    IQ3_S(GGML_TYPE_IQ3_S),
    /** ggml type iq2_s. */
    IQ2_S(GGML_TYPE_IQ2_S),
    /** ggml type iq4_xs. */
    IQ4_XS(GGML_TYPE_IQ4_XS),
    /** ggml type i8. */
    I8(GGML_TYPE_I8),
    /** ggml type i16. */
    I16(GGML_TYPE_I16),
    /** ggml type i32. */
    I32(GGML_TYPE_I32),
    /** ggml type i64. */
    I64(GGML_TYPE_I64),
    /** ggml type f64. */
    F64(GGML_TYPE_F64),
    /** ggml type iq1_m. */
    IQ1_M(GGML_TYPE_IQ1_M),
    /** ggml type bf16. */
    BF16(GGML_TYPE_BF16),
    /** ggml type tq1_0. */
    TQ1_0(GGML_TYPE_TQ1_0),
    /** ggml type tq2_0. */
    TQ2_0(GGML_TYPE_TQ2_0),
    /** ggml type mxfp4. */
    MXFP4(GGML_TYPE_MXFP4),
    /** ggml type nvfp4. */
    NVFP4(GGML_TYPE_NVFP4),
    /** ggml type q1_0. */
    Q1_0(GGML_TYPE_Q1_0),
    /** ggml type q2_0. */
    Q2_0(GGML_TYPE_Q2_0);

    private final int nativeId;

    TensorType(int nativeId) {
        this.nativeId = nativeId;
    }

    /** Returns the number that stands for this type in GGUF files and in llama.cpp. */
    public int nativeId() {
        return nativeId;
    }

    /** Finds a type by ggml's name for it, such as {@code q4_K}, in any case. */
    public static Optional<TensorType> byName(String name) {
        String wanted = name.toUpperCase(Locale.ROOT);
        for (TensorType type : values()) {
            if (type.name().equals(wanted)) {
                return Optional.of(type);
            }
        }
        return Optional.empty();
    }
}
