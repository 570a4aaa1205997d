package dev.quantgate.natives.llama;

import static dev.quantgate.natives.llama.bindings.global.llama.LLAMA_FTYPE_ALL_F32;
import static dev.quantgate.natives.llama.bindings.global.llama.LLAMA_FTYPE_MOSTLY_BF16;
import static dev.quantgate.natives.llama.bindings.global.llama.LLAMA_FTYPE_MOSTLY_F16;
import static dev.quantgate.natives.llama.bindings.global.llama.LLAMA_FTYPE_MOSTLY_IQ1_M;
import static dev.quantgate.natives.llama.bindings.global.llama.LLAMA_FTYPE_MOSTLY_IQ1_S;
import static dev.quantgate.natives.llama.bindings.global.llama.LLAMA_FTYPE_MOSTLY_IQ2_M;
import static dev.quantgate.natives.llama.bindings.global.llama.LLAMA_FTYPE_MOSTLY_IQ2_S;
import static dev.quantgate.natives.llama.bindings.global.llama.LLAMA_FTYPE_MOSTLY_IQ2_XS;
import static dev.quantgate.natives.llama.bindings.global.llama.LLAMA_FTYPE_MOSTLY_IQ2_XXS;
import static dev.quantgate.natives.llama.bindings.global.llama.LLAMA_FTYPE_MOSTLY_IQ3_M;
import static dev.quantgate.natives.llama.bindings.global.llama.LLAMA_FTYPE_MOSTLY_IQ3_S;
import static dev.quantgate.natives.llama.bindings.global.llama.LLAMA_FTYPE_MOSTLY_IQ3_XS;
import static dev.quantgate.natives.llama.bindings.global.llama.LLAMA_FTYPE_MOSTLY_IQ3_XXS;
import static dev.quantgate.natives.llama.bindings.global.llama.LLAMA_FTYPE_MOSTLY_IQ4_NL;
import static dev.quantgate.natives.llama.bindings.global.llama.LLAMA_FTYPE_MOSTLY_IQ4_XS;
import static dev.quantgate.natives.llama.bindings.global.llama.LLAMA_FTYPE_MOSTLY_MXFP4_MOE;
import static dev.quantgate.natives.llama.bindings.global.llama.LLAMA_FTYPE_MOSTLY_Q1_0;
import static dev.quantgate.natives.llama.bindings.global.llama.LLAMA_FTYPE_MOSTLY_Q2_0;
import static dev.quantgate.natives.llama.bindings.global.llama.LLAMA_FTYPE_MOSTLY_Q2_K;
import static dev.quantgate.natives.llama.bindings.global.llama.LLAMA_FTYPE_MOSTLY_Q2_K_S;
import static dev.quantgate.natives.llama.bindings.global.llama.LLAMA_FTYPE_MOSTLY_Q3_K_L;
import static dev.quantgate.natives.llama.bindings.global.llama.LLAMA_FTYPE_MOSTLY_Q3_K_M;
import static dev.quantgate.natives.llama.bindings.global.llama.LLAMA_FTYPE_MOSTLY_Q3_K_S;
import static dev.quantgate.natives.llama.bindings.global.llama.LLAMA_FTYPE_MOSTLY_Q4_0;
import static dev.quantgate.natives.llama.bindings.global.llama.LLAMA_FTYPE_MOSTLY_Q4_1;
import static dev.quantgate.natives.llama.bindings.global.llama.LLAMA_FTYPE_MOSTLY_Q4_K_M;
import static dev.quantgate.natives.llama.bindings.global.llama.LLAMA_FTYPE_MOSTLY_Q4_K_S;
import static dev.quantgate.natives.llama.bindings.global.llama.LLAMA_FTYPE_MOSTLY_Q5_0;
import static dev.quantgate.natives.llama.bindings.global.llama.LLAMA_FTYPE_MOSTLY_Q5_1;
import static dev.quantgate.natives.llama.bindings.global.llama.LLAMA_FTYPE_MOSTLY_Q5_K_M;
import static dev.quantgate.natives.llama.bindings.global.llama.LLAMA_FTYPE_MOSTLY_Q5_K_S;
import static dev.quantgate.natives.llama.bindings.global.llama.LLAMA_FTYPE_MOSTLY_Q6_K;
import static dev.quantgate.natives.llama.bindings.global.llama.LLAMA_FTYPE_MOSTLY_Q8_0;
import static dev.quantgate.natives.llama.bindings.global.llama.LLAMA_FTYPE_MOSTLY_TQ1_0;
import static dev.quantgate.natives.llama.bindings.global.llama.LLAMA_FTYPE_MOSTLY_TQ2_0;

import java.util.Locale;
import java.util.Optional;

/**
 * What a whole model can be quantised to: llama.cpp's file types, each a mix of tensor types.
 *
 * <p>A mix is an aim: a tensor whose rows do not fit a type's blocks gets another one. {@link Quantizer#plan} tells the
 * real mix, and whether an importance matrix is needed.
 */
public enum QuantizationType {
    /** llama.cpp file type F32. */
    F32(LLAMA_FTYPE_ALL_F32),
    /** llama.cpp file type F16. */
    F16(LLAMA_FTYPE_MOSTLY_F16),
    /** llama.cpp file type Q4_0. */
    Q4_0(LLAMA_FTYPE_MOSTLY_Q4_0),
    /** llama.cpp file type Q4_1. */
    Q4_1(LLAMA_FTYPE_MOSTLY_Q4_1),
    /** llama.cpp file type Q8_0. */
    Q8_0(LLAMA_FTYPE_MOSTLY_Q8_0),
    /** llama.cpp file type Q5_0. */
    Q5_0(LLAMA_FTYPE_MOSTLY_Q5_0),
    /** llama.cpp file type Q5_1. */
    Q5_1(LLAMA_FTYPE_MOSTLY_Q5_1),
    /** llama.cpp file type Q2_K. */
    Q2_K(LLAMA_FTYPE_MOSTLY_Q2_K),
    /** llama.cpp file type Q3_K_S. */
    Q3_K_S(LLAMA_FTYPE_MOSTLY_Q3_K_S),
    /** llama.cpp file type Q3_K_M. */
    Q3_K_M(LLAMA_FTYPE_MOSTLY_Q3_K_M),
    /** llama.cpp file type Q3_K_L. */
    Q3_K_L(LLAMA_FTYPE_MOSTLY_Q3_K_L),
    /** llama.cpp file type Q4_K_S. */
    Q4_K_S(LLAMA_FTYPE_MOSTLY_Q4_K_S),
    /** llama.cpp file type Q4_K_M. */
    Q4_K_M(LLAMA_FTYPE_MOSTLY_Q4_K_M),
    /** llama.cpp file type Q5_K_S. */
    Q5_K_S(LLAMA_FTYPE_MOSTLY_Q5_K_S),
    /** llama.cpp file type Q5_K_M. */
    Q5_K_M(LLAMA_FTYPE_MOSTLY_Q5_K_M),
    /** llama.cpp file type Q6_K. */
    Q6_K(LLAMA_FTYPE_MOSTLY_Q6_K),
    /** llama.cpp file type IQ2_XXS. */
    IQ2_XXS(LLAMA_FTYPE_MOSTLY_IQ2_XXS),
    /** llama.cpp file type IQ2_XS. */
    IQ2_XS(LLAMA_FTYPE_MOSTLY_IQ2_XS),
    /** llama.cpp file type Q2_K_S. */
    Q2_K_S(LLAMA_FTYPE_MOSTLY_Q2_K_S),
    /** llama.cpp file type IQ3_XS. */
    IQ3_XS(LLAMA_FTYPE_MOSTLY_IQ3_XS),
    /** llama.cpp file type IQ3_XXS. */
    IQ3_XXS(LLAMA_FTYPE_MOSTLY_IQ3_XXS),
    /** llama.cpp file type IQ1_S. */
    IQ1_S(LLAMA_FTYPE_MOSTLY_IQ1_S),
    /** llama.cpp file type IQ4_NL. */
    IQ4_NL(LLAMA_FTYPE_MOSTLY_IQ4_NL),
    /** llama.cpp file type IQ3_S. */
    IQ3_S(LLAMA_FTYPE_MOSTLY_IQ3_S),
    /** llama.cpp file type IQ3_M. */
    IQ3_M(LLAMA_FTYPE_MOSTLY_IQ3_M),
    /** llama.cpp file type IQ2_S. */
    IQ2_S(LLAMA_FTYPE_MOSTLY_IQ2_S),
    /** llama.cpp file type IQ2_M. */
    IQ2_M(LLAMA_FTYPE_MOSTLY_IQ2_M),
    /** llama.cpp file type IQ4_XS. */
    IQ4_XS(LLAMA_FTYPE_MOSTLY_IQ4_XS),
    /** llama.cpp file type IQ1_M. */
    IQ1_M(LLAMA_FTYPE_MOSTLY_IQ1_M),
    /** llama.cpp file type BF16. */
    BF16(LLAMA_FTYPE_MOSTLY_BF16),
    /** llama.cpp file type TQ1_0. */
    TQ1_0(LLAMA_FTYPE_MOSTLY_TQ1_0),
    /** llama.cpp file type TQ2_0. */
    TQ2_0(LLAMA_FTYPE_MOSTLY_TQ2_0),
    /** llama.cpp file type MXFP4_MOE. */
    MXFP4_MOE(LLAMA_FTYPE_MOSTLY_MXFP4_MOE),
    /** llama.cpp file type Q1_0. */
    Q1_0(LLAMA_FTYPE_MOSTLY_Q1_0),
    /** llama.cpp file type Q2_0. */
    Q2_0(LLAMA_FTYPE_MOSTLY_Q2_0);

    private final int nativeId;

    QuantizationType(int nativeId) {
        this.nativeId = nativeId;
    }

    /** Returns the number that stands for this type in {@code general.file_type} of a GGUF file. */
    public int nativeId() {
        return nativeId;
    }

    /** Finds a type by name, such as {@code Q4_K_M}, in any case. */
    public static Optional<QuantizationType> byName(String name) {
        String wanted = name.toUpperCase(Locale.ROOT);
        for (QuantizationType type : values()) {
            if (type.name().equals(wanted)) {
                return Optional.of(type);
            }
        }
        return Optional.empty();
    }
}
