package dev.quantgate.worker.api.backend;

/**
 * How to load.
 *
 * @param displayName for logs and errors, such as {@code smollm2:Q8_0}
 * @param contextTokens tokens of context for each sequence; 0 takes the configured ones
 * @param adapters where requests' LoRA adapters are found
 */
public record LoadOptions(String displayName, int contextTokens, AdapterFiles adapters) {

    /** Without LoRA adapters. */
    public LoadOptions(String displayName, int contextTokens) {
        this(displayName, contextTokens, AdapterFiles.NONE);
    }
}
