package dev.quantgate.worker.api.backend;

import java.util.Map;
import java.util.Objects;

/**
 * What a worker's configuration says to its backend.
 *
 * @param threads most native threads the backend may use at once, at least 1
 * @param memoryLimitBytes most memory its models may take together (weights, KV cache, compute)
 * @param contextTokens tokens of context for each sequence; 0 takes the model's own, within the memory limit
 * @param sequences most sequences that run at once in one model
 * @param queueCapacity most requests that wait in one model
 * @param options settings of this backend alone, by name, such as {@code kv_type}; unknown names are refused
 */
public record BackendSettings(
        int threads,
        long memoryLimitBytes,
        int contextTokens,
        int sequences,
        int queueCapacity,
        Map<String, String> options) {

    public BackendSettings {
        requireAtLeast("threads", threads, 1);
        requireAtLeast("memoryLimitBytes", memoryLimitBytes, 1);
        requireAtLeast("contextTokens", contextTokens, 0);
        requireAtLeast("sequences", sequences, 1);
        requireAtLeast("queueCapacity", queueCapacity, 0);
        options = Map.copyOf(Objects.requireNonNull(options, "options"));
    }

    /** The same with another number of sequences. */
    public BackendSettings withSequences(int value) {
        return new BackendSettings(threads, memoryLimitBytes, contextTokens, value, queueCapacity, options);
    }

    private static void requireAtLeast(String name, long value, long least) {
        if (value < least) {
            throw new IllegalArgumentException(name + ": " + value + " (expected: >= " + least + ")");
        }
    }
}
