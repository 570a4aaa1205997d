package dev.quantgate.worker.api.inference;

import dev.quantgate.worker.api.WorkerFailure;
import java.util.List;
import java.util.OptionalInt;

/**
 * Bounds of a generation.
 *
 * @param maxTokens most tokens to generate; 0 takes what the context leaves
 * @param stop strings that end the text and are not part of it: at most 16, each 1 to 256 characters
 * @param logprobs alternatives to report for each token, 0 to 20; empty reports nothing
 * @param shiftContext drop old tokens when the context is full, instead of ending
 * @param priority -10 to 10, higher goes first
 * @param ignoreEos go on after the end-of-sequence token
 * @param speculation whether tokens may be guessed ahead
 */
public record GenerationOptions(
        int maxTokens,
        List<String> stop,
        OptionalInt logprobs,
        boolean shiftContext,
        int priority,
        boolean ignoreEos,
        Speculation speculation) {

    /** No bounds but the context's. */
    public static final GenerationOptions DEFAULT =
            new GenerationOptions(0, List.of(), OptionalInt.empty(), false, 0, false, Speculation.AUTO);

    private static final int MAX_STOPS = 16;
    private static final int MAX_STOP_CHARACTERS = 256;
    private static final int MAX_LOGPROBS = 20;
    private static final int MAX_PRIORITY = 10;

    public GenerationOptions {
        stop = List.copyOf(stop);
        if (maxTokens < 0) {
            throw invalid("max_tokens", maxTokens + " (expected: >= 0)");
        }
        if (stop.size() > MAX_STOPS) {
            throw invalid("stop", stop.size() + " strings (expected: at most " + MAX_STOPS + ")");
        }
        for (int i = 0; i < stop.size(); i++) {
            var length = stop.get(i).length();
            if (length < 1 || length > MAX_STOP_CHARACTERS) {
                throw invalid("stop[" + i + "]", length + " characters (expected: 1 to " + MAX_STOP_CHARACTERS + ")");
            }
        }
        if (logprobs.isPresent() && (logprobs.getAsInt() < 0 || logprobs.getAsInt() > MAX_LOGPROBS)) {
            throw invalid("logprobs", logprobs.getAsInt() + " (expected: 0 to " + MAX_LOGPROBS + ")");
        }
        if (priority < -MAX_PRIORITY || priority > MAX_PRIORITY) {
            throw invalid("priority", priority + " (expected: -" + MAX_PRIORITY + " to " + MAX_PRIORITY + ")");
        }
    }

    private static RuntimeException invalid(String field, String message) {
        return WorkerFailure.invalid("options." + field, message).asException();
    }
}
