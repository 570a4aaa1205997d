package dev.quantgate.worker.torch.model;

import java.util.List;

/**
 * The sizes and rules of one checkpoint, as its config.json states them.
 *
 * @param family architecture
 * @param head what the checkpoint computes
 * @param vocabularySize rows of the word embeddings
 * @param hiddenSize width of a token's state, a multiple of {@code heads}
 * @param layers number of layers
 * @param heads attention heads of a layer
 * @param intermediateSize width inside a feed-forward block
 * @param positions rows of the position embeddings
 * @param tokenTypes rows of the token type embeddings, 0 without such
 * @param layerNormEpsilon added to the variance
 * @param activation function of the feed-forward blocks
 * @param paddingId token id of padding
 * @param labels names of the outputs of a classifier, in order; empty for other heads
 * @param multiLabel whether labels are independent (sigmoid) rather than exclusive (softmax)
 */
public record EncoderConfig(
        EncoderFamily family,
        HeadKind head,
        int vocabularySize,
        int hiddenSize,
        int layers,
        int heads,
        int intermediateSize,
        int positions,
        int tokenTypes,
        double layerNormEpsilon,
        String activation,
        int paddingId,
        List<String> labels,
        boolean multiLabel) {

    public EncoderConfig {
        labels = List.copyOf(labels);
        Activation.of(activation);
        if (hiddenSize % heads != 0) {
            throw new InvalidModelException(
                    "config.json: hidden size " + hiddenSize + " (expected: a multiple of " + heads + " heads)");
        }
        if (paddingId < 0 || paddingId >= vocabularySize) {
            throw new InvalidModelException(
                    "config.json: pad_token_id " + paddingId + " (expected: 0 to " + (vocabularySize - 1) + ")");
        }
        if (positions <= firstPosition(family, paddingId) + 2) {
            throw new InvalidModelException(
                    "config.json: max_position_embeddings " + positions + " (expected: room for more than 2 tokens)");
        }
    }

    /** Row of the position table that the first token takes. */
    public int firstPosition() {
        return firstPosition(family, paddingId);
    }

    private static int firstPosition(EncoderFamily family, int paddingId) {
        return family.positionsFollowPadding() ? paddingId + 1 : 0;
    }

    /** Most tokens of one input, special tokens included. */
    public int maxTokens() {
        return positions - firstPosition();
    }
}
