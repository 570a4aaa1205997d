package dev.quantgate.worker.llamacpp.gguf;

import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Reads the older format ({@code common/imatrix-loader.cpp} in llama.cpp v0.5.0): a number of entries; for each a name,
 * a number of calls and values summed over the calls; then, optionally, a number of chunks and the name of the text.
 */
final class LegacyImportanceReader {
    private static final int MAX_NAME_BYTES = 1024;
    // Name length, one byte of name, calls, value count, one value.
    private static final int MIN_ENTRY_BYTES = 4 + 1 + 4 + 4 + 4;

    private final WindowReader reader;
    private final Limits limits;

    LegacyImportanceReader(WindowReader reader, Limits limits) {
        this.reader = reader;
        this.limits = limits;
    }

    ImportanceMatrix read() throws IOException {
        int count = reader.i32("importance matrix entries");
        long possible = Math.min(limits.tensors(), reader.remaining() / MIN_ENTRY_BYTES);
        if (count < 1 || count > possible) {
            throw new GgufFormatException("importance matrix entries", count, "1 to " + possible);
        }
        Map<String, float[]> values = new LinkedHashMap<>();
        for (int i = 0; i < count; i++) {
            String name = text("importance matrix name " + i, 1);
            if (values.put(name, entry(name)) != null) {
                throw new GgufFormatException("importance matrix name " + i, name, "a name that occurs once");
            }
        }
        if (reader.remaining() == 0) {
            return new ImportanceMatrix(values, List.of(), 0);
        }
        int chunks = reader.i32("importance matrix chunks");
        if (chunks < 0) {
            throw new GgufFormatException("importance matrix chunks", chunks, ">= 0");
        }
        String dataset = reader.remaining() == 0 ? "" : text("importance matrix dataset", 0);
        return new ImportanceMatrix(values, dataset.isEmpty() ? List.of() : List.of(dataset), chunks);
    }

    private float[] entry(String name) throws IOException {
        int calls = reader.i32(name);
        if (calls < 0) {
            throw new GgufFormatException(name + " calls", calls, ">= 0");
        }
        float[] values = ImportanceValues.read(reader, name, reader.i32(name));
        if (calls > 1) {
            for (int i = 0; i < values.length; i++) {
                values[i] /= calls;
            }
        }
        return values;
    }

    private String text(String field, int minBytes) throws IOException {
        int length = reader.i32(field);
        if (length < minBytes || length > MAX_NAME_BYTES) {
            throw new GgufFormatException(field, length + " bytes", minBytes + " to " + MAX_NAME_BYTES + " bytes");
        }
        return Utf8.name(field, reader.bytes(field, length));
    }
}
