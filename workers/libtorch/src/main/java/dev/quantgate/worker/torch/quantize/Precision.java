package dev.quantgate.worker.torch.quantize;

import dev.quantgate.natives.torch.CpuFeatures;
import java.util.Locale;

/** A form in which the weights of an encoder are stored and computed. */
public enum Precision {
    /** Everything in float32. */
    FP32("fp32", Linears.FLOAT32, false, 32, "float32"),
    /** Float32 with int8 word embeddings. */
    FP32_EMBED8("fp32_embed8", Linears.FLOAT32, true, 32, "float32, word embeddings in int8"),
    /** Everything in bfloat16. */
    BF16("bf16", Linears.BFLOAT16, false, 16, "bfloat16"),
    /** Bfloat16 with int8 word embeddings. */
    BF16_EMBED8("bf16_embed8", Linears.BFLOAT16, true, 16, "bfloat16, word embeddings in int8"),
    /** Int8 linear layers with one scale an output, activations quantised in the full range. */
    DYNAMIC_INT8("dynamic_int8", Linears.INT8_PER_CHANNEL, false, 8, "int8 linear layers, one scale per output"),
    /** The same with int8 word embeddings. */
    DYNAMIC_INT8_EMBED8(
            "dynamic_int8_embed8",
            Linears.INT8_PER_CHANNEL,
            true,
            8,
            "int8 linear layers, one scale per output, and int8 word embeddings"),
    /** Bit for bit the weights of torch's quantize_dynamic: one scale a matrix, activations in the reduced range. */
    DYNAMIC_INT8_PARITY(
            "dynamic_int8_parity", Linears.INT8_PER_TENSOR, false, 8, "the weights of torch's quantize_dynamic"),
    /** The same with int8 word embeddings. */
    DYNAMIC_INT8_PARITY_EMBED8(
            "dynamic_int8_parity_embed8",
            Linears.INT8_PER_TENSOR,
            true,
            8,
            "the weights of torch's quantize_dynamic and int8 word embeddings");

    /** How the matrices of linear layers are stored. */
    enum Linears {
        FLOAT32,
        BFLOAT16,
        INT8_PER_CHANNEL,
        INT8_PER_TENSOR
    }

    private final String typeName;
    private final Linears linears;
    private final boolean int8Embeddings;
    private final int bits;
    private final String description;

    Precision(String typeName, Linears linears, boolean int8Embeddings, int bits, String description) {
        this.typeName = typeName;
        this.linears = linears;
        this.int8Embeddings = int8Embeddings;
        this.bits = bits;
        this.description = description;
    }

    /**
     * Finds a precision by its name, in any case.
     *
     * @throws IllegalArgumentException for an unknown name
     */
    public static Precision of(String name) {
        for (Precision precision : values()) {
            if (precision.typeName.equals(name.toLowerCase(Locale.ROOT))) {
                return precision;
            }
        }
        throw new IllegalArgumentException("precision: " + name + " (expected: one of "
                + String.join(
                        ", ",
                        java.util.Arrays.stream(values())
                                .map(Precision::typeName)
                                .toList()) + ")");
    }

    /** Stable name, such as {@code dynamic_int8}. */
    public String typeName() {
        return typeName;
    }

    /** Bits of a weight in a linear layer. */
    public int bits() {
        return bits;
    }

    /** One line for people, which says when the form saves no time on a processor. */
    public String description(CpuFeatures cpu) {
        return linears == Linears.BFLOAT16 && !cpu.bfloat16()
                ? description + " in files; computed in float32, as this processor multiplies no bfloat16"
                : description;
    }

    /** Whether any weight is stored as int8. */
    public boolean isQuantized() {
        return hasInt8Linears() || int8Embeddings;
    }

    boolean hasInt8Linears() {
        return linears == Linears.INT8_PER_CHANNEL || linears == Linears.INT8_PER_TENSOR;
    }

    Linears linears() {
        return linears;
    }

    boolean hasInt8Embeddings() {
        return int8Embeddings;
    }

    boolean reducesActivationRange() {
        return linears == Linears.INT8_PER_TENSOR;
    }
}
