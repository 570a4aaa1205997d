package dev.quantgate.worker.llamacpp.gguf;

import java.io.IOException;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Reads the GGUF format ({@code tools/imatrix/imatrix.cpp} in llama.cpp v0.5.0): for each weight a tensor of sums of
 * squares [expert, input] and one of counts [expert], both F32. An expert that was never used counts as 1 throughout.
 */
final class GgufImportanceReader {
    private static final String SUMS = ".in_sum2";
    private static final String COUNTS = ".counts";

    private final GgufFile file;
    private final WindowReader reader;

    GgufImportanceReader(GgufFile file, WindowReader reader) {
        this.file = file;
        this.reader = reader;
    }

    ImportanceMatrix read() throws IOException {
        Metadata metadata = new Metadata(file.metadata());
        String type = metadata.text("general.type").orElse("model");
        if (!type.equals("imatrix")) {
            throw new GgufFormatException("general.type", type, "imatrix");
        }
        long chunks = metadata.whole("imatrix.chunk_count", 0, Integer.MAX_VALUE)
                .orElseThrow(() -> Metadata.missing("imatrix.chunk_count", "UINT32"));
        metadata.whole("imatrix.chunk_size", 0, Integer.MAX_VALUE)
                .orElseThrow(() -> Metadata.missing("imatrix.chunk_size", "UINT32"));
        return new ImportanceMatrix(values(), datasets(metadata), (int) chunks);
    }

    private List<String> datasets(Metadata metadata) throws IOException {
        String key = "imatrix.datasets";
        GgufValue.Elements array = metadata.array(key, GgufValueType.STRING, GgufValueType.STRING)
                .orElseThrow(() -> Metadata.missing(key, "an array of STRING"));
        return new ArrayReader(reader).strings(key, array);
    }

    private Map<String, float[]> values() throws IOException {
        Map<String, float[]> values = new LinkedHashMap<>();
        for (TensorInfo tensor : file.tensors().values()) {
            if (tensor.name().endsWith(SUMS)) {
                String name = tensor.name().substring(0, tensor.name().length() - SUMS.length());
                values.put(name, means(tensor, partner(name + COUNTS, tensor)));
            } else if (tensor.name().endsWith(COUNTS)) {
                partner(tensor.name().substring(0, tensor.name().length() - COUNTS.length()) + SUMS, tensor);
            }
        }
        if (values.isEmpty()) {
            throw new GgufFormatException("header.tensor_count", file.tensors().size(), "tensors named *" + SUMS);
        }
        return values;
    }

    private TensorInfo partner(String name, TensorInfo tensor) throws GgufFormatException {
        TensorInfo partner = file.tensors().get(name);
        if (partner == null) {
            throw Metadata.missing(name, "the counterpart of " + tensor.name());
        }
        return partner;
    }

    private float[] means(TensorInfo sums, TensorInfo counts) throws IOException {
        long experts = counts.elements();
        if (sums.elements() % experts != 0) {
            throw new GgufFormatException(
                    counts.name() + " shape", counts.dims(), "one count per row of " + sums.dims());
        }
        float[] values = floats(sums);
        float[] divisors = floats(counts);
        int inputs = values.length / divisors.length;
        for (int expert = 0; expert < divisors.length; expert++) {
            int start = expert * inputs;
            // Counts are whole numbers stored as floats.
            long divisor = Math.round((double) divisors[expert]);
            if (divisor == 0) {
                Arrays.fill(values, start, start + inputs, 1);
            } else {
                for (int i = start; i < start + inputs; i++) {
                    values[i] /= divisor;
                }
            }
        }
        return values;
    }

    private float[] floats(TensorInfo tensor) throws IOException {
        if (tensor.type() != GgmlType.F32) {
            throw new GgufFormatException(tensor.name() + " type", tensor.type(), "F32");
        }
        reader.moveTo(file.dataOffsetBytes() + tensor.offsetBytes());
        return ImportanceValues.read(reader, tensor.name(), tensor.elements());
    }
}
