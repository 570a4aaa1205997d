package dev.quantgate.worker.api;

import java.time.Duration;
import java.util.Optional;

/**
 * How a variant is loaded, and for how long.
 *
 * @param contextTokens tokens of context for each sequence; 0 takes the configured ones
 * @param pin whether it stays in memory until it is unloaded by name; empty leaves that as it is
 * @param keepAlive how long it stays after its last request, negative for ever; empty leaves that as it is
 */
public record LoadSettings(int contextTokens, Optional<Boolean> pin, Optional<Duration> keepAlive) {
    /** As configured. */
    public static final LoadSettings DEFAULT = new LoadSettings(0, Optional.empty(), Optional.empty());

    public LoadSettings {
        if (contextTokens < 0) {
            throw WorkerFailure.invalid("context_length", contextTokens + " (expected: >= 0)")
                    .asException();
        }
    }
}
