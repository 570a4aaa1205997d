package dev.quantgate.worker.api.backend;

import java.util.Optional;

/**
 * How to load.
 *
 * @param displayName for logs and errors, such as {@code smollm2:Q8_0}
 * @param contextTokens tokens of context for each sequence; 0 takes the configured ones
 * @param adapters where requests' LoRA adapters are found
 * @param sessions where requests' sessions are kept; empty outside a store
 */
public record LoadOptions(
        String displayName, int contextTokens, AdapterFiles adapters, Optional<SessionPlace> sessions) {

    /** Without LoRA adapters and sessions. */
    public LoadOptions(String displayName, int contextTokens) {
        this(displayName, contextTokens, AdapterFiles.NONE, Optional.empty());
    }
}
