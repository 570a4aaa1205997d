package dev.quantgate.worker.llamacpp.gguf;

import java.util.Arrays;
import java.util.Optional;

/**
 * The storage type of one tensor: how many elements share a block and how many bytes a block takes.
 *
 * <p>Wire ids and block layouts: llama.cpp v0.5.0, {@code ggml/include/ggml.h} and {@code ggml/src/ggml-common.h}.
 */
public enum GgmlType {
    F32(0, Kind.FLOAT, 1, 4),
    F16(1, Kind.FLOAT, 1, 2),
    Q4_0(2, Kind.QUANTIZED, 32, 18),
    Q4_1(3, Kind.QUANTIZED, 32, 20),
    Q5_0(6, Kind.QUANTIZED, 32, 22),
    Q5_1(7, Kind.QUANTIZED, 32, 24),
    Q8_0(8, Kind.QUANTIZED, 32, 34),
    Q8_1(9, Kind.COMPUTE_ONLY, 32, 36),
    Q2_K(10, Kind.QUANTIZED, 256, 84),
    Q3_K(11, Kind.QUANTIZED, 256, 110),
    Q4_K(12, Kind.QUANTIZED, 256, 144),
    Q5_K(13, Kind.QUANTIZED, 256, 176),
    Q6_K(14, Kind.QUANTIZED, 256, 210),
    Q8_K(15, Kind.COMPUTE_ONLY, 256, 292),
    IQ2_XXS(16, Kind.QUANTIZED, 256, 66),
    IQ2_XS(17, Kind.QUANTIZED, 256, 74),
    IQ3_XXS(18, Kind.QUANTIZED, 256, 98),
    IQ1_S(19, Kind.QUANTIZED, 256, 50),
    IQ4_NL(20, Kind.QUANTIZED, 32, 18),
    IQ3_S(21, Kind.QUANTIZED, 256, 110),
    IQ2_S(22, Kind.QUANTIZED, 256, 82),
    IQ4_XS(23, Kind.QUANTIZED, 256, 136),
    I8(24, Kind.INTEGER, 1, 1),
    I16(25, Kind.INTEGER, 1, 2),
    I32(26, Kind.INTEGER, 1, 4),
    I64(27, Kind.INTEGER, 1, 8),
    F64(28, Kind.INTEGER, 1, 8),
    IQ1_M(29, Kind.QUANTIZED, 256, 56),
    BF16(30, Kind.FLOAT, 1, 2),
    TQ1_0(34, Kind.QUANTIZED, 256, 54),
    TQ2_0(35, Kind.QUANTIZED, 256, 66),
    MXFP4(39, Kind.QUANTIZED, 32, 17),
    NVFP4(40, Kind.QUANTIZED, 64, 36),
    Q1_0(41, Kind.QUANTIZED, 128, 18),
    Q2_0(42, Kind.QUANTIZED, 64, 18);

    /** What a type may be used for. */
    private enum Kind {
        FLOAT,
        QUANTIZED,
        /** Indices and other tables, never the weights of a matrix product. */
        INTEGER,
        /** Made while computing; has no place in a file. */
        COMPUTE_ONLY
    }

    private static final GgmlType[] BY_WIRE_ID = new GgmlType[64];

    static {
        for (GgmlType type : values()) {
            BY_WIRE_ID[type.wireId] = type;
        }
    }

    private final int wireId;
    private final Kind kind;
    private final int blockElements;
    private final int blockBytes;

    GgmlType(int wireId, Kind kind, int blockElements, int blockBytes) {
        this.wireId = wireId;
        this.kind = kind;
        this.blockElements = blockElements;
        this.blockBytes = blockBytes;
    }

    /** The type with this number in a file; empty for numbers that are unknown or were withdrawn. */
    public static Optional<GgmlType> fromWireId(int wireId) {
        return wireId < 0 || wireId >= BY_WIRE_ID.length ? Optional.empty() : Optional.ofNullable(BY_WIRE_ID[wireId]);
    }

    /** The number of this type in a file. */
    public int wireId() {
        return wireId;
    }

    /** Elements in one block; rows are whole blocks. */
    public int blockElements() {
        return blockElements;
    }

    /** Bytes of one block. */
    public int blockBytes() {
        return blockBytes;
    }

    /** Storage bits of one element, scales included. */
    public double bitsPerElement() {
        return 8.0 * blockBytes / blockElements;
    }

    /** Whether storing weights in this type loses precision by blocks. */
    public boolean isQuantized() {
        return kind == Kind.QUANTIZED;
    }

    /** Bytes that a row of so many elements takes; {@link Long#MAX_VALUE} when that overflows. */
    long rowBytes(long elements) {
        return Saturating.multiply(Saturating.ceilDivide(elements, blockElements), blockBytes);
    }

    boolean isFloat() {
        return kind == Kind.FLOAT;
    }

    boolean isComputeOnly() {
        return kind == Kind.COMPUTE_ONLY;
    }

    /** Whether a matrix product can take weights of this type. */
    boolean isWeight() {
        return kind == Kind.FLOAT || kind == Kind.QUANTIZED;
    }

    static String wireIds() {
        return "a known ggml type, one of "
                + String.join(
                        " ",
                        Arrays.stream(values())
                                .map(type -> type.name() + "=" + type.wireId)
                                .toList());
    }
}
