package dev.quantgate.worker.api;

import java.time.Duration;
import java.util.Objects;
import java.util.Optional;

/**
 * A planned failure: what went wrong, in words meant for the caller.
 *
 * @param kind what it is
 * @param message for people: names the value and what was expected; no paths of the host, no native text
 * @param field path of the offending request field such as {@code sampling.temperature}, or empty
 * @param retryAfter when trying again makes sense, or zero if it does not
 */
public record WorkerFailure(FailureKind kind, String message, String field, Duration retryAfter) {

    public WorkerFailure {
        Objects.requireNonNull(kind, "kind");
        Objects.requireNonNull(message, "message");
        Objects.requireNonNull(field, "field");
        Objects.requireNonNull(retryAfter, "retryAfter");
    }

    public static WorkerFailure of(FailureKind kind, String message) {
        return new WorkerFailure(kind, message, "", Duration.ZERO);
    }

    /** A wrong request field; the message should read {@code value (expected: ...)}. */
    public static WorkerFailure invalid(String field, String message) {
        return new WorkerFailure(FailureKind.INVALID_REQUEST, message, field, Duration.ZERO);
    }

    public static WorkerFailure retry(FailureKind kind, String message, Duration after) {
        return new WorkerFailure(kind, message, "", after);
    }

    /** The failure inside {@code cause} or one of its causes, if it was a planned one. */
    public static Optional<WorkerFailure> find(Throwable cause) {
        for (var current = cause; current != null; current = current.getCause()) {
            if (current instanceof WorkerException planned) {
                return Optional.of(planned.failure());
            }
        }
        return Optional.empty();
    }

    public WorkerException asException() {
        return new WorkerException(this);
    }
}
