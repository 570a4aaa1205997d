package dev.quantgate.worker.llamacpp.embed;

import dev.quantgate.worker.api.WorkerException;
import dev.quantgate.worker.api.WorkerFailure;
import dev.quantgate.worker.api.inference.TextTask.Truncation;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * A part of a text that fits into the model: the whole text, or one of several windows.
 *
 * @param text index of the text
 * @param tokens of the window
 * @param truncated whether the text did not fit as a whole
 */
@SuppressWarnings("ArrayRecordComponent") // Handed over once; never compared.
record EmbeddingWindow(int text, int[] tokens, boolean truncated) {
    /** Neighbouring windows share this part of their length, so that no passage lacks context on both sides. */
    private static final int OVERLAP_DIVISOR = 4;

    /**
     * Cuts a text.
     *
     * @throws WorkerException INVALID_REQUEST if it is too long and {@code truncation} says so
     */
    static List<EmbeddingWindow> of(int text, int[] tokens, int maxTokens, Truncation truncation) {
        if (tokens.length == 0) {
            throw invalid(text, "0 tokens (expected: at least 1)");
        }
        if (tokens.length <= maxTokens) {
            return List.of(new EmbeddingWindow(text, tokens, false));
        }
        return switch (truncation) {
            case ERROR -> throw invalid(text, tokens.length + " tokens (expected: at most " + maxTokens + ")");
            case END -> List.of(new EmbeddingWindow(text, Arrays.copyOf(tokens, maxTokens), true));
            case SLIDING_WINDOW -> windows(text, tokens, maxTokens);
        };
    }

    private static List<EmbeddingWindow> windows(int text, int[] tokens, int maxTokens) {
        var windows = new ArrayList<EmbeddingWindow>();
        var step = Math.max(1, maxTokens - maxTokens / OVERLAP_DIVISOR);
        for (int from = 0; ; from += step) {
            var to = Math.min(tokens.length, from + maxTokens);
            windows.add(new EmbeddingWindow(text, Arrays.copyOfRange(tokens, from, to), true));
            if (to == tokens.length) {
                return windows;
            }
        }
    }

    private static WorkerException invalid(int text, String message) {
        return WorkerFailure.invalid("inputs[" + text + "]", message).asException();
    }
}
