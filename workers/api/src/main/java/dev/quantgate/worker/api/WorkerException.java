package dev.quantgate.worker.api;

/** Carries a {@link WorkerFailure} through code that throws. */
public final class WorkerException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final transient WorkerFailure failure;

    public WorkerException(WorkerFailure failure) {
        super(failure.message());
        this.failure = failure;
    }

    public WorkerException(WorkerFailure failure, Throwable cause) {
        super(failure.message(), cause);
        this.failure = failure;
    }

    public WorkerFailure failure() {
        return failure;
    }
}
