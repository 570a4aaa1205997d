package dev.quantgate.worker.api;

/** Kind of work of a long-running operation. */
public enum OperationKind {
    IMPORT,
    QUANTIZE
}
