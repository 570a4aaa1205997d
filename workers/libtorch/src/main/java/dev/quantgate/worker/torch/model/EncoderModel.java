package dev.quantgate.worker.torch.model;

import dev.quantgate.natives.torch.DType;
import dev.quantgate.natives.torch.TensorArena;
import dev.quantgate.natives.torch.TorchOps;
import dev.quantgate.natives.torch.TorchScope;
import dev.quantgate.natives.torch.TorchTensor;
import dev.quantgate.worker.torch.safetensors.SafetensorsCheckpoint;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * An encoder in memory: its weights, its layers and its head. Results are plain arrays.
 *
 * <p>Owns its native memory. Calls may come from several threads at once, except {@link #close()}.
 */
public final class EncoderModel implements AutoCloseable {

    private final EncoderConfig config;
    private final TensorArena arena;
    private final Embeddings embeddings;
    private final List<EncoderLayer> layers;
    private final Head head;
    private final DType computeType;
    private final boolean exactOrder;

    private EncoderModel(
            EncoderConfig config,
            TensorArena arena,
            Embeddings embeddings,
            List<EncoderLayer> layers,
            Head head,
            ModelWeights weights) {
        this.config = config;
        this.arena = arena;
        this.embeddings = embeddings;
        this.layers = List.copyOf(layers);
        this.head = head;
        this.computeType = weights.computeType();
        this.exactOrder = weights.reducesRange();
    }

    /**
     * Loads the checkpoint in a folder; libtorch has been started.
     *
     * @throws InvalidModelException when configuration and weights contradict each other
     * @throws dev.quantgate.worker.torch.safetensors.SafetensorsFormatException when a weight file is malformed
     */
    public static EncoderModel load(Path folder) throws IOException {
        EncoderConfig config = ConfigReader.read(folder);
        TensorArena arena = new TensorArena();
        try (SafetensorsCheckpoint checkpoint = SafetensorsCheckpoint.open(folder)) {
            ModelWeights weights = new ModelWeights(checkpoint, arena);
            TensorNames names = TensorNames.in(config.family(), checkpoint.names());
            Embeddings embeddings = Embeddings.load(config, weights, names, arena);
            List<EncoderLayer> layers = new ArrayList<>();
            for (int i = 0; i < config.layers(); i++) {
                layers.add(EncoderLayer.load(config, weights, names, i));
            }
            Head head = Head.load(config, weights, names);
            weights.requireNothingLeft(names);
            return new EncoderModel(config, arena, embeddings, layers, head, weights);
        } catch (IOException | RuntimeException e) {
            arena.close();
            throw e;
        }
    }

    /** Sizes and rules of the checkpoint. */
    public EncoderConfig config() {
        return config;
    }

    /** Bytes that the weights take while they are loaded: mapped, converted, and packed for the engine. */
    public long memoryBytes() {
        return arena.bytes();
    }

    /** Scores of a sequence classifier: one row for each input, one number for each label, before softmax. */
    public float[][] sequenceScores(TokenBatch batch) {
        require(HeadKind.SEQUENCE_CLASSIFICATION);
        return TorchScope.call(() -> {
            TorchTensor states = states(batch, !exactOrder);
            return rows(head.scores(TorchOps.token(states, 0)));
        });
    }

    /** Scores of a token classifier: for each input {@code [its tokens][labels]}, before softmax. */
    public float[][][] tokenScores(TokenBatch batch) {
        require(HeadKind.TOKEN_CLASSIFICATION);
        return TorchScope.call(() -> perToken(batch, head.scores(states(batch, false))));
    }

    /**
     * Scores of a masked language model over the vocabulary.
     *
     * @param positions for each input the tokens that are asked for
     * @return for each input {@code [its positions][vocabulary]}, before softmax
     */
    public float[][][] maskedScores(TokenBatch batch, List<int[]> positions) {
        require(HeadKind.MASKED_LM);
        int tokens = batch.tokens();
        int count = positions.stream().mapToInt(p -> p.length).sum();
        long[] rows = new long[count];
        int next = 0;
        for (int input = 0; input < positions.size(); input++) {
            for (int position : positions.get(input)) {
                rows[next++] = (long) input * tokens + position;
            }
        }
        float[][] scores = count == 0
                ? new float[0][]
                : TorchScope.call(() -> {
                    TorchTensor flat = TorchOps.reshape(states(batch, false), -1, config.hiddenSize());
                    return rows(head.scores(TorchOps.rows(flat, TorchTensor.ofLongs(rows, count))));
                });
        return split(scores, positions);
    }

    private static float[][][] split(float[][] scores, List<int[]> positions) {
        float[][][] result = new float[positions.size()][][];
        int next = 0;
        for (int input = 0; input < result.length; input++) {
            int count = positions.get(input).length;
            result[input] = java.util.Arrays.copyOfRange(scores, next, next + count);
            next += count;
        }
        return result;
    }

    /** One vector for each input. */
    public float[][] pooled(TokenBatch batch, Pooling pooling, boolean normalize) {
        return TorchScope.call(() -> {
            boolean firstOnly = pooling == Pooling.CLS && !exactOrder;
            TorchTensor states = TorchOps.convert(states(batch, firstOnly), DType.FLOAT32);
            TorchTensor vectors = switch (pooling) {
                case CLS -> TorchOps.token(states, 0);
                case MEAN ->
                    TorchOps.maskedMean(
                            states, TorchTensor.ofFloats(batch.countingMask(), batch.size(), batch.tokens()));
            };
            return rows(normalize ? TorchOps.normalizeRows(vectors) : vectors);
        });
    }

    /** The encoder's last states: for each input {@code [its tokens][hidden]}. */
    public float[][][] hiddenStates(TokenBatch batch) {
        return TorchScope.call(() -> perToken(batch, states(batch, false)));
    }

    private TorchTensor states(TokenBatch batch, boolean firstTokenOnly) {
        TorchTensor mask = mask(batch);
        TorchTensor states = embeddings.apply(batch);
        for (int i = 0; i < layers.size(); i++) {
            states = layers.get(i).apply(states, mask, firstTokenOnly && i == layers.size() - 1);
        }
        return states;
    }

    private @Nullable TorchTensor mask(TokenBatch batch) {
        if (!batch.isPadded()) {
            return null;
        }
        TorchTensor mask = TorchTensor.ofFloats(batch.additiveMask(), batch.size(), 1, 1, batch.tokens());
        return computeType == DType.FLOAT32 ? mask : TorchOps.convert(mask, computeType);
    }

    private static float[][] rows(TorchTensor matrix) {
        int count = (int) matrix.size(0);
        int width = (int) matrix.size(1);
        float[] flat = matrix.toFloats();
        float[][] rows = new float[count][];
        for (int i = 0; i < count; i++) {
            rows[i] = java.util.Arrays.copyOfRange(flat, i * width, (i + 1) * width);
        }
        return rows;
    }

    private static float[][][] perToken(TokenBatch batch, TorchTensor scores) {
        float[][] flat = rows(TorchOps.reshape(scores, -1, scores.size(2)));
        float[][][] result = new float[batch.size()][][];
        for (int i = 0; i < result.length; i++) {
            int start = i * batch.tokens();
            result[i] = java.util.Arrays.copyOfRange(
                    flat, start, start + batch.inputs().get(i).length());
        }
        return result;
    }

    private void require(HeadKind kind) {
        if (config.head() != kind) {
            throw new IllegalStateException("head: " + config.head() + " (expected: " + kind + ")");
        }
    }

    @Override
    public void close() {
        arena.close();
    }
}
