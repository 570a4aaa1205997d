package dev.quantgate.worker.api;

/** Where a long-running operation is. */
public enum OperationState {
    QUEUED,
    RUNNING,
    PUBLISHING,
    SUCCEEDED,
    FAILED,
    CANCELLED;

    public boolean isFinal() {
        return switch (this) {
            case QUEUED, RUNNING, PUBLISHING -> false;
            case SUCCEEDED, FAILED, CANCELLED -> true;
        };
    }
}
