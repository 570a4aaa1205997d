package dev.quantgate.worker.api;

/** Something a model can be asked for. */
public enum Task {
    GENERATE,
    EMBED,
    CLASSIFY,
    CLASSIFY_TOKENS,
    FILL_MASK
}
