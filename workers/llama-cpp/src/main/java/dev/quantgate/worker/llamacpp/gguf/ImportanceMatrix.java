package dev.quantgate.worker.llamacpp.gguf;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * How much each input of each weight matrix matters, measured on sample text: the mean square of the activation.
 * Quantisation spends its precision accordingly.
 *
 * <p>Values of one tensor: [expert, input], row-major; one expert for a plain matrix. All are finite and not negative.
 */
public final class ImportanceMatrix {
    private final Map<String, float[]> values;
    private final List<String> datasets;
    private final int chunkCount;

    ImportanceMatrix(Map<String, float[]> values, List<String> datasets, int chunkCount) {
        this.values = new LinkedHashMap<>(values);
        this.datasets = List.copyOf(datasets);
        this.chunkCount = chunkCount;
    }

    /**
     * Reads a matrix in GGUF format or in the older format of {@code .dat} files.
     *
     * @throws GgufFormatException when the file is neither, is corrupt or exceeds a limit
     * @throws IOException when it cannot be read
     */
    public static ImportanceMatrix read(Path path, Limits limits) throws IOException {
        try (ByteSource source = FileByteSource.open(path)) {
            return read(source, limits);
        }
    }

    static ImportanceMatrix read(ByteSource source, Limits limits) throws IOException {
        WindowReader reader = new WindowReader(source);
        int magic = reader.i32("importance matrix");
        reader.moveTo(0);
        return magic == GgufFile.MAGIC
                ? new GgufImportanceReader(GgufFile.read(source, limits), reader).read()
                : new LegacyImportanceReader(reader, limits).read();
    }

    /** Names of the weight tensors that were measured, such as {@code blk.0.attn_q.weight}. */
    public Set<String> tensorNames() {
        return Collections.unmodifiableSet(values.keySet());
    }

    /** A copy of one tensor's values. */
    public Optional<float[]> values(String tensorName) {
        return Optional.ofNullable(values.get(tensorName)).map(float[]::clone);
    }

    /** Names of the texts that were used, as noted in the file. */
    public List<String> datasets() {
        return datasets;
    }

    /** Chunks of text that were measured; 0 when the file does not tell. */
    public int chunkCount() {
        return chunkCount;
    }

    /**
     * Refuses a matrix that was measured on another model.
     *
     * @throws GgufFormatException when a length does not fit its tensor or no name is known to the model
     */
    public void requireFits(GgufFile model) throws GgufFormatException {
        int shared = 0;
        for (Map.Entry<String, float[]> entry : values.entrySet()) {
            TensorInfo tensor = model.tensors().get(entry.getKey());
            if (tensor == null) {
                continue;
            }
            shared++;
            long expected = Saturating.multiply(tensor.dim(0), tensor.dim(2));
            if (entry.getValue().length != expected) {
                throw new GgufFormatException(
                        entry.getKey() + " importance",
                        entry.getValue().length + " values",
                        expected + " values, as the model's tensor has shape " + tensor.dims());
            }
        }
        if (shared == 0) {
            throw new GgufFormatException(
                    "importance matrix", values.size() + " entries", "entries for tensors of this model");
        }
    }
}
