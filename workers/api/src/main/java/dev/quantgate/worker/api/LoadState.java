package dev.quantgate.worker.api;

/** Whether a variant is in memory. */
public enum LoadState {
    UNLOADED,
    LOADING,
    ACTIVE,
    FAILED,
    UNLOADING
}
