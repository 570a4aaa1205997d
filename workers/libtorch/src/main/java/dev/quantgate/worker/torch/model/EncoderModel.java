package dev.quantgate.worker.torch.model;

import dev.quantgate.natives.torch.DType;
import dev.quantgate.natives.torch.TensorArena;
import dev.quantgate.natives.torch.TorchOps;
import dev.quantgate.natives.torch.TorchScope;
import dev.quantgate.natives.torch.TorchTensor;
import dev.quantgate.worker.torch.safetensors.SafetensorsCheckpoint;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/**
 * An encoder in memory: its weights, its layers and its head. Results are plain arrays.
 *
 * <p>Owns its native memory. Calls may come from several threads at once, except {@link #close()}.
 */
public final class EncoderModel implements AutoCloseable {

    private final EncoderConfig config;
    private final TensorArena arena;
    private final EncoderBody body;
    private final Head head;

    private EncoderModel(EncoderConfig config, TensorArena arena, EncoderBody body, Head head) {
        this.config = config;
        this.arena = arena;
        this.body = body;
        this.head = head;
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
            EncoderBody body = FusedBody.fits(config, weights, names)
                    ? FusedBody.load(config, weights, names, arena)
                    : OperatorBody.load(config, weights, names, arena);
            Head head = Head.load(config, weights, names);
            weights.requireNothingLeft(names);
            return new EncoderModel(config, arena, body, head);
        } catch (IOException | RuntimeException e) {
            arena.close();
            throw e;
        }
    }

    /** Sizes and rules of the checkpoint. */
    public EncoderConfig config() {
        return config;
    }

    /** Whether shorter inputs of a batch cost as much as its longest. */
    public boolean padsBatches() {
        return body instanceof OperatorBody;
    }

    /** Bytes that the weights take while they are loaded: mapped, converted, and packed for the engine. */
    public long memoryBytes() {
        return arena.bytes();
    }

    /** Scores of a sequence classifier: one row for each input, one number for each label, before softmax. */
    public float[][] sequenceScores(TokenBatch batch) {
        require(HeadKind.SEQUENCE_CLASSIFICATION);
        return TorchScope.call(() -> rows(head.scores(body.firstStates(batch))));
    }

    /** Scores of a token classifier: for each input {@code [its tokens][labels]}, before softmax. */
    public float[][][] tokenScores(TokenBatch batch) {
        require(HeadKind.TOKEN_CLASSIFICATION);
        return TorchScope.call(() -> perToken(batch, head.scores(body.states(batch))));
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
                    TorchTensor flat = TorchOps.reshape(body.states(batch), -1, config.hiddenSize());
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
            TorchTensor vectors = switch (pooling) {
                case CLS -> TorchOps.convert(body.firstStates(batch), DType.FLOAT32);
                case MEAN -> body.meanStates(batch);
            };
            return rows(normalize ? TorchOps.normalizeRows(vectors) : vectors);
        });
    }

    /** The encoder's last states: for each input {@code [its tokens][hidden]}. */
    public float[][][] hiddenStates(TokenBatch batch) {
        return TorchScope.call(() -> perToken(batch, body.states(batch)));
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
