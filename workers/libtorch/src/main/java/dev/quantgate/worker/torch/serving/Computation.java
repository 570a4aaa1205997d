package dev.quantgate.worker.torch.serving;

import dev.quantgate.worker.torch.model.EncoderModel;
import dev.quantgate.worker.torch.model.Pooling;
import dev.quantgate.worker.torch.model.TokenBatch;
import java.util.List;

/** What is computed of a batch; inputs share a batch when their computations are equal. */
public interface Computation {

    /**
     * Computes a batch.
     *
     * @param positions for each input the tokens that are asked for; only {@link MaskedScores} reads them
     * @return for each input its rows: one, or one a token
     */
    float[][][] run(EncoderModel model, TokenBatch batch, List<int[]> positions);

    /** One row of label scores for each input. */
    record SequenceScores() implements Computation {
        @Override
        public float[][][] run(EncoderModel model, TokenBatch batch, List<int[]> positions) {
            return single(model.sequenceScores(batch));
        }
    }

    /** One row of label scores for each token. */
    record TokenScores() implements Computation {
        @Override
        public float[][][] run(EncoderModel model, TokenBatch batch, List<int[]> positions) {
            return model.tokenScores(batch);
        }
    }

    /** One row of vocabulary scores for each asked position. */
    record MaskedScores() implements Computation {
        @Override
        public float[][][] run(EncoderModel model, TokenBatch batch, List<int[]> positions) {
            return model.maskedScores(batch, positions);
        }
    }

    /** One vector for each input, not normalised. */
    record Vectors(Pooling pooling) implements Computation {
        @Override
        public float[][][] run(EncoderModel model, TokenBatch batch, List<int[]> positions) {
            return single(model.pooled(batch, pooling, false));
        }
    }

    private static float[][][] single(float[][] rows) {
        float[][][] result = new float[rows.length][][];
        for (int i = 0; i < rows.length; i++) {
            result[i] = new float[][] {rows[i]};
        }
        return result;
    }
}
