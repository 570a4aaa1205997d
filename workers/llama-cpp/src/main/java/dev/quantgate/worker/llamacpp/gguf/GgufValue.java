package dev.quantgate.worker.llamacpp.gguf;

/** One metadata value. Arrays stay in the file: only their place is kept. */
public sealed interface GgufValue {
    /** The type as written in the file. */
    GgufValueType type();

    /** An integer; a {@code UINT64} above {@link Long#MAX_VALUE} appears as a negative number. */
    record Whole(GgufValueType type, long value) implements GgufValue {
        @Override
        public String toString() {
            return type == GgufValueType.UINT64 ? Long.toUnsignedString(value) : Long.toString(value);
        }
    }

    /** A floating-point number, perhaps NaN or infinite. */
    record Real(GgufValueType type, double value) implements GgufValue {
        @Override
        public String toString() {
            return Double.toString(value);
        }
    }

    /** A boolean. */
    record Flag(boolean value) implements GgufValue {
        @Override
        public GgufValueType type() {
            return GgufValueType.BOOL;
        }

        @Override
        public String toString() {
            return Boolean.toString(value);
        }
    }

    /** A string; malformed UTF-8 was replaced by U+FFFD. */
    record Text(String value) implements GgufValue {
        @Override
        public GgufValueType type() {
            return GgufValueType.STRING;
        }

        @Override
        public String toString() {
            return value;
        }
    }

    /**
     * The place of an array in its file.
     *
     * @param elementType never {@code ARRAY}
     * @param count number of elements
     * @param offsetBytes where the first element starts, from the start of the file
     * @param lengthBytes bytes of all elements together, length fields of strings included
     * @param shortestBytes bytes of the shortest element
     * @param longestBytes bytes of the longest element
     */
    record Elements(
            GgufValueType elementType,
            long count,
            long offsetBytes,
            long lengthBytes,
            int shortestBytes,
            int longestBytes)
            implements GgufValue {
        @Override
        public GgufValueType type() {
            return GgufValueType.ARRAY;
        }

        @Override
        public String toString() {
            return "array of " + count + " " + elementType;
        }
    }
}
