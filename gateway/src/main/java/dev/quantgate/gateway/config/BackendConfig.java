package dev.quantgate.gateway.config;

import java.util.Map;

/**
 * What a backend may use.
 *
 * @param enabled whether a worker is started for it
 * @param threads most native threads, 0 to 1024; 0 takes one for each processor
 * @param memoryBytes most memory for models (weights, KV cache, compute); 0 takes three quarters of the machine's
 * @param contextTokens tokens of context for each sequence; 0 leaves the choice to the backend
 * @param sequences most sequences that run at once in one model
 * @param queueCapacity most requests that wait in one model
 * @param options settings of this backend alone
 */
public record BackendConfig(
        boolean enabled,
        int threads,
        long memoryBytes,
        int contextTokens,
        int sequences,
        int queueCapacity,
        Map<String, String> options) {
    public static final BackendConfig DEFAULT = new BackendConfig(true, 0, 0, 0, 8, 64, Map.of());

    public BackendConfig {
        Require.range("threads", threads, 0, 1024);
        Require.range("memory_limit", memoryBytes, 0, Long.MAX_VALUE);
        Require.range("context_tokens", contextTokens, 0, 1 << 24);
        Require.range("sequences", sequences, 1, 1024);
        Require.range("queue_capacity", queueCapacity, 0, 1_000_000);
        options = Map.copyOf(options);
    }

    static BackendConfig read(Section section, BackendConfig base) {
        return new BackendConfig(
                section.bool("enabled", base.enabled),
                section.integer("threads", base.threads),
                section.bytes("memory_limit", base.memoryBytes),
                section.integer("context_tokens", base.contextTokens),
                section.integer("sequences", base.sequences),
                section.integer("queue_capacity", base.queueCapacity),
                section.textsByName("options", base.options));
    }
}
