package dev.quantgate.worker.llamacpp.gguf;

import java.util.Locale;
import java.util.Optional;

/**
 * A recipe for quantising a whole model: which storage type most tensors get, and which get a better one.
 *
 * <p>Numbers and rules: llama.cpp v0.5.0, {@code include/llama.h}, {@code tools/quantize/quantize.cpp} and
 * {@code src/llama-quant.cpp}. Bits per weight are those of a whole Llama model of 8 billion weights, where llama.cpp
 * publishes them; narrow models come out larger, because rows that are no multiple of 256 fall back to other types.
 */
public enum QuantizationType {
    F32(0, GgmlType.F32, 32.0, "Single precision, for measuring and for converting further"),
    F16(1, GgmlType.F16, 16.0005, "Half precision; next to no loss, a common source for quantising"),
    BF16(32, GgmlType.BF16, 16.0005, "Brain float; keeps the range of single precision, fast on recent CPUs"),
    Q8_0(7, GgmlType.Q8_0, 8.5008, "8 bits; practically indistinguishable from half precision"),
    Q6_K(18, GgmlType.Q6_K, 6.5633, "6 bits in super-blocks; very small loss"),
    Q5_K_M(17, GgmlType.Q5_K, 5.7036, "5 bits in super-blocks, more for sensitive tensors; small loss"),
    Q5_K_S(16, GgmlType.Q5_K, 5.5704, "5 bits in super-blocks throughout; small loss"),
    Q5_1(9, GgmlType.Q5_1, 6.04, "5 bits with scale and offset; an older type that suits any width"),
    Q5_0(8, GgmlType.Q5_0, 5.57, "5 bits with a scale; an older type that suits any width"),
    Q4_K_M(15, GgmlType.Q4_K, 4.8944, "4 bits in super-blocks, more for sensitive tensors; the usual choice"),
    Q4_K_S(14, GgmlType.Q4_K, 4.6672, "4 bits in super-blocks with fewer exceptions; smaller, slightly worse"),
    Q4_1(3, GgmlType.Q4_1, 5.11, "4 bits with scale and offset; an older type that suits any width"),
    Q4_0(2, GgmlType.Q4_0, 4.64, "4 bits with a scale; an older type with fast kernels on most CPUs"),
    IQ4_NL(25, GgmlType.IQ4_NL, 4.6818, "4 bits on uneven steps; suits any width that Q4_0 suits"),
    IQ4_XS(30, GgmlType.IQ4_XS, 4.4597, "4 bits on uneven steps in super-blocks; smaller than Q4_K_S, slow to make"),
    Q3_K_L(13, GgmlType.Q3_K, 4.2979, "3 bits in super-blocks, many sensitive tensors kept at 5; noticeable loss"),
    Q3_K_M(12, GgmlType.Q3_K, 3.9960, "3 bits in super-blocks, some tensors kept better; noticeable loss"),
    Q3_K_S(11, GgmlType.Q3_K, 3.6429, "3 bits in super-blocks throughout; high loss"),
    IQ3_M(27, GgmlType.IQ3_S, 3.7628, "3 bits from a codebook, more for sensitive tensors"),
    IQ3_S(26, GgmlType.IQ3_S, 3.6606, "3 bits from a codebook throughout"),
    IQ3_XS(22, GgmlType.IQ3_S, 3.4977, "3 bits from a codebook, less for queries, keys and half of the network", true),
    IQ3_XXS(23, GgmlType.IQ3_XXS, 3.2548, "Just over 3 bits from a codebook", true),
    Q2_K(10, GgmlType.Q2_K, 3.1593, "2 bits in super-blocks, 3 and more for sensitive tensors; high loss"),
    Q2_K_S(21, GgmlType.Q2_K, 2.9697, "2 bits in super-blocks, fewer exceptions; high loss", true),
    IQ2_M(29, GgmlType.IQ2_S, 2.9294, "2.5 bits from a codebook, more for sensitive tensors", true),
    IQ2_S(28, GgmlType.IQ2_XS, 2.7403, "2.3 bits from a codebook, more for sensitive tensors", true),
    IQ2_XS(20, GgmlType.IQ2_XS, 2.5882, "2.3 bits from a codebook", true),
    IQ2_XXS(19, GgmlType.IQ2_XXS, 2.3824, "Just over 2 bits from a codebook; very high loss", true),
    IQ1_M(31, GgmlType.IQ1_M, 2.1460, "1.75 bits from a codebook; very high loss", true),
    IQ1_S(24, GgmlType.IQ1_S, 2.0042, "1.6 bits from a codebook; very high loss", true),
    TQ2_0(37, GgmlType.TQ2_0, 2.06, "Three values in 2 bits, for models trained with ternary weights"),
    TQ1_0(36, GgmlType.TQ1_0, 1.69, "Three values packed tightly, for models trained with ternary weights"),
    MXFP4_MOE(38, GgmlType.MXFP4, 4.25, "4-bit floats with shared exponents for experts, Q8_0 for the rest"),
    Q2_0(41, GgmlType.Q2_0, 2.25, "2 bits with a scale per 64 weights, for models trained that way"),
    Q1_0(40, GgmlType.Q1_0, 1.125, "1 bit with a scale per 128 weights, for models trained that way");

    private final int fileType;
    private final GgmlType baseType;
    private final double bitsPerWeight;
    private final String description;
    private final boolean needsImportanceMatrix;

    QuantizationType(int fileType, GgmlType baseType, double bitsPerWeight, String description) {
        this(fileType, baseType, bitsPerWeight, description, false);
    }

    QuantizationType(
            int fileType, GgmlType baseType, double bitsPerWeight, String description, boolean needsImportanceMatrix) {
        this.fileType = fileType;
        this.baseType = baseType;
        this.bitsPerWeight = bitsPerWeight;
        this.description = description;
        this.needsImportanceMatrix = needsImportanceMatrix;
    }

    /** The type of this name or alias ({@code Q3_K}, {@code Q4_K}, {@code Q5_K}: the medium mix), in any case. */
    public static Optional<QuantizationType> named(String name) {
        String upper = name.toUpperCase(Locale.ROOT);
        String canonical = switch (upper) {
            case "Q3_K", "Q4_K", "Q5_K" -> upper + "_M";
            default -> upper;
        };
        for (QuantizationType type : values()) {
            if (type.name().equals(canonical)) {
                return Optional.of(type);
            }
        }
        return Optional.empty();
    }

    /** The type with this number in {@code general.file_type}. */
    public static Optional<QuantizationType> fromFileType(long fileType) {
        for (QuantizationType type : values()) {
            if (type.fileType == fileType) {
                return Optional.of(type);
            }
        }
        return Optional.empty();
    }

    /** The number in {@code general.file_type}, llama.cpp's {@code llama_ftype}. */
    public int fileType() {
        return fileType;
    }

    /** The storage type of most tensors. */
    public GgmlType baseType() {
        return baseType;
    }

    /** Bits of one weight on average over a model, scales and exceptions included. */
    public double bitsPerWeight() {
        return bitsPerWeight;
    }

    /** Whether llama.cpp refuses this type without an importance matrix. */
    public boolean needsImportanceMatrix() {
        return needsImportanceMatrix;
    }

    /** One line for people who choose. */
    public String description() {
        return description;
    }
}
