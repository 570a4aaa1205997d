package dev.quantgate.worker.llamacpp.generate;

import dev.quantgate.worker.api.FailureKind;
import dev.quantgate.worker.api.WorkerException;
import dev.quantgate.worker.api.WorkerFailure;
import java.time.Duration;

/**
 * Counts the requests inside a model, those that run and those that wait, and turns away what is too many. Learns how
 * long a request takes, so that it can say when to try again. Thread-safe.
 */
public final class RequestGate {
    private static final Duration SHORTEST_RETRY = Duration.ofMillis(100);
    private static final Duration LONGEST_RETRY = Duration.ofSeconds(30);
    private static final double WEIGHT_OF_NEWEST = 0.1;

    private final int running;
    private final int waiting;
    private int inside;
    private double meanNanos = SHORTEST_RETRY.toNanos();
    private boolean closed;

    /** Lets in {@code running} requests and {@code waiting} more. */
    public RequestGate(int running, int waiting) {
        this.running = running;
        this.waiting = waiting;
    }

    /**
     * Lets a request in; {@link #leave} must follow.
     *
     * @throws WorkerException QUEUE_FULL with a hint when to try again, or UNAVAILABLE once closed
     */
    public synchronized void enter() {
        if (closed) {
            throw WorkerFailure.of(FailureKind.UNAVAILABLE, "the model is being unloaded")
                    .asException();
        }
        if (inside >= (long) running + waiting) {
            throw WorkerFailure.retry(
                            FailureKind.QUEUE_FULL,
                            inside + " requests run or wait (expected: at most " + running + " running and " + waiting
                                    + " waiting)",
                            retryAfter())
                    .asException();
        }
        inside++;
    }

    /** A request that was let in has ended, after so long. */
    public synchronized void leave(long nanos) {
        inside--;
        meanNanos += WEIGHT_OF_NEWEST * (nanos - meanNanos);
    }

    /** Turns everything away from now on. */
    public synchronized void close() {
        closed = true;
    }

    public synchronized int inside() {
        return inside;
    }

    /** A place is free when one of the running requests has ended, on average. */
    private Duration retryAfter() {
        var estimate = Duration.ofNanos((long) (meanNanos / running));
        if (estimate.compareTo(SHORTEST_RETRY) < 0) {
            return SHORTEST_RETRY;
        }
        return estimate.compareTo(LONGEST_RETRY) > 0 ? LONGEST_RETRY : estimate;
    }
}
