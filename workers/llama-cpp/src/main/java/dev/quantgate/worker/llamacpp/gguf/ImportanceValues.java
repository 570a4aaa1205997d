package dev.quantgate.worker.llamacpp.gguf;

import java.io.IOException;

/** Reads sums of squares, which are finite and not negative. */
final class ImportanceValues {
    private ImportanceValues() {}

    static float[] read(WindowReader reader, String field, long count) throws IOException {
        if (count < 1 || count > Integer.MAX_VALUE / Float.BYTES) {
            throw new GgufFormatException(field, count + " values", "1 to " + Integer.MAX_VALUE / Float.BYTES);
        }
        reader.require(field, count * Float.BYTES);
        float[] values = new float[(int) count];
        for (int i = 0; i < values.length; i++) {
            float value = reader.f32(field);
            // Written so that NaN fails.
            if (!(value >= 0 && value <= Float.MAX_VALUE)) {
                throw new GgufFormatException(field + "[" + i + "]", value, "a finite number >= 0");
            }
            values[i] = value;
        }
        return values;
    }
}
