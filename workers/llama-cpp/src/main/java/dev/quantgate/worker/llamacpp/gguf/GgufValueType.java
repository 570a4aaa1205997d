package dev.quantgate.worker.llamacpp.gguf;

import java.util.Optional;

/** The type of one metadata value. Wire ids: llama.cpp v0.5.0, {@code ggml/include/gguf.h}. */
public enum GgufValueType {
    UINT8(0, 1),
    INT8(1, 1),
    UINT16(2, 2),
    INT16(3, 2),
    UINT32(4, 4),
    INT32(5, 4),
    FLOAT32(6, 4),
    BOOL(7, 1),
    STRING(8, 0),
    ARRAY(9, 0),
    UINT64(10, 8),
    INT64(11, 8),
    FLOAT64(12, 8);

    private static final GgufValueType[] BY_WIRE_ID = new GgufValueType[13];

    static {
        for (GgufValueType type : values()) {
            BY_WIRE_ID[type.wireId] = type;
        }
    }

    private final int wireId;
    private final int fixedBytes;

    GgufValueType(int wireId, int fixedBytes) {
        this.wireId = wireId;
        this.fixedBytes = fixedBytes;
    }

    /** The type with this number in a file, if there is one. */
    public static Optional<GgufValueType> fromWireId(int wireId) {
        return wireId < 0 || wireId >= BY_WIRE_ID.length ? Optional.empty() : Optional.of(BY_WIRE_ID[wireId]);
    }

    /** The number of this type in a file. */
    public int wireId() {
        return wireId;
    }

    /** Bytes of one value; 0 for strings and arrays, whose length varies. */
    public int fixedBytes() {
        return fixedBytes;
    }
}
