package dev.quantgate.worker.api;

import java.time.Duration;
import java.util.Objects;

/**
 * What travels with every call.
 *
 * @param requestId for logs
 * @param timeout time left before the caller's deadline, counted from the moment this record reaches the callee;
 *     {@link #NO_TIMEOUT} if there is none
 * @param client who pays, for fairness: an API key's name or the peer's address
 * @param cancellation fires when the caller gives up
 */
public record CallContext(String requestId, Duration timeout, String client, Cancellation cancellation) {
    /** Stands for no deadline. */
    public static final Duration NO_TIMEOUT = Duration.ofDays(365);

    public CallContext {
        Objects.requireNonNull(requestId, "requestId");
        Objects.requireNonNull(timeout, "timeout");
        Objects.requireNonNull(client, "client");
        Objects.requireNonNull(cancellation, "cancellation");
    }

    public static CallContext of(String requestId) {
        return new CallContext(requestId, NO_TIMEOUT, "", new Cancellation());
    }
}
