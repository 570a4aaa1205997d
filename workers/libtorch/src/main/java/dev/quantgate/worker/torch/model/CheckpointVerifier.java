package dev.quantgate.worker.torch.model;

import dev.quantgate.natives.torch.DType;
import dev.quantgate.worker.torch.safetensors.SafetensorsCheckpoint;
import dev.quantgate.worker.torch.safetensors.TensorEntry;
import java.util.List;
import java.util.Map;

/** Checks in plain Java that a checkpoint has the matrices its configuration demands, before native code is asked. */
public final class CheckpointVerifier {

    private final EncoderConfig config;
    private final SafetensorsCheckpoint checkpoint;

    private CheckpointVerifier(EncoderConfig config, SafetensorsCheckpoint checkpoint) {
        this.config = config;
        this.checkpoint = checkpoint;
    }

    /**
     * Verifies a checkpoint.
     *
     * @throws RuntimeException an {@link InvalidModelException} or a format exception that names the tensor
     */
    public static void verify(EncoderConfig config, SafetensorsCheckpoint checkpoint) {
        new CheckpointVerifier(config, checkpoint).verify();
    }

    private void verify() {
        TensorNames names = TensorNames.in(config.family(), checkpoint.names());
        int hidden = config.hiddenSize();
        int wide = config.intermediateSize();
        requireMatrix(names.embedding("word_embeddings"), config.vocabularySize(), hidden);
        requireMatrix(names.embedding("position_embeddings"), config.positions(), hidden);
        if (config.tokenTypes() > 0) {
            requireMatrix(names.embedding("token_type_embeddings"), config.tokenTypes(), hidden);
        }
        for (int i = 0; i < config.layers(); i++) {
            for (String square : List.of(names.query(i), names.key(i), names.value(i), names.attentionOutput(i))) {
                requireMatrix(square, hidden, hidden);
            }
            requireMatrix(names.expand(i), wide, hidden);
            requireMatrix(names.contract(i), hidden, wide);
        }
        CheckpointLayout layout = CheckpointLayout.of(config, checkpoint.names());
        for (String head : layout.linears()) {
            checkpoint.entry(head + ".weight");
        }
        String classifier = layout.linears().isEmpty()
                ? ""
                : layout.linears().get(layout.linears().size() - 1);
        if (!config.labels().isEmpty()) {
            requireMatrix(classifier, config.labels().size(), hidden);
        }
    }

    private void requireMatrix(String layer, long rows, long columns) {
        TensorEntry entry = checkpoint.entry(layer + ".weight");
        if (!entry.shape().equals(List.of(rows, columns))) {
            throw new InvalidModelException("tensor '" + entry.name() + "': shape " + entry.shape() + " (expected: ["
                    + rows + ", " + columns + "] by config.json)");
        }
        if (entry.type() == DType.INT8) {
            checkpoint.entry(entry.name() + QuantizedFormat.SCALE_SUFFIX);
        }
    }

    /** Number of tensors by type name, such as {@code FLOAT32}. */
    public static Map<String, Long> tensorTypes(SafetensorsCheckpoint checkpoint) {
        Map<String, Long> types = new java.util.TreeMap<>();
        checkpoint
                .names()
                .forEach(name -> types.merge(checkpoint.entry(name).type().name(), 1L, Long::sum));
        return types;
    }
}
