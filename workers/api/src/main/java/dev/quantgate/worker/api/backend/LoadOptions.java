package dev.quantgate.worker.api.backend;

import java.util.Optional;

/**
 * How to load.
 *
 * @param displayName for logs and errors, such as {@code smollm2:Q8_0}
 * @param contextTokens tokens of context for each sequence; 0 takes the configured ones
 * @param adapters where requests' LoRA adapters are found
 * @param sessions where requests' sessions are kept; empty outside a store
 * @param trial for one short request that shows whether the model works; what only pays off later is left out
 */
public record LoadOptions(
        String displayName, int contextTokens, AdapterFiles adapters, Optional<SessionPlace> sessions, boolean trial) {

    /** To serve it. */
    public LoadOptions(String displayName, int contextTokens, AdapterFiles adapters, Optional<SessionPlace> sessions) {
        this(displayName, contextTokens, adapters, sessions, false);
    }

    /** To serve it without LoRA adapters and sessions. */
    public LoadOptions(String displayName, int contextTokens) {
        this(displayName, contextTokens, AdapterFiles.NONE, Optional.empty());
    }

    /** To try it. */
    public static LoadOptions forTrial(String displayName, int contextTokens) {
        return new LoadOptions(displayName, contextTokens, AdapterFiles.NONE, Optional.empty(), true);
    }
}
