package dev.quantgate.worker.runtime;

import dev.quantgate.worker.api.FailureKind;
import dev.quantgate.worker.api.WorkerFailure;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;

/** The door for requests: counts those inside, and once it drains lets nobody in. Thread-safe. */
final class RunningRequests {
    static final WorkerFailure DRAINING = WorkerFailure.of(FailureKind.UNAVAILABLE, "the worker is draining");

    private final CompletableFuture<Void> empty = new CompletableFuture<>();
    private int inside;
    private boolean draining;

    /** An action to run once when the request has ended, or nothing if the door is shut. */
    Optional<Runnable> enter() {
        synchronized (this) {
            if (draining) {
                return Optional.empty();
            }
            inside++;
        }
        var left = new AtomicBoolean();
        return Optional.of(() -> {
            if (left.compareAndSet(false, true)) {
                leave();
            }
        });
    }

    synchronized int count() {
        return inside;
    }

    synchronized boolean isDraining() {
        return draining;
    }

    /** Fails with UNAVAILABLE if the door is shut. */
    void requireOpen() {
        if (isDraining()) {
            throw DRAINING.asException();
        }
    }

    /** Shuts the door; completes when all have left or {@code limit} is over, with the number still inside. */
    CompletableFuture<Integer> drain(Duration limit, ScheduledExecutorService timer) {
        synchronized (this) {
            draining = true;
            if (inside == 0) {
                empty.complete(null);
            }
        }
        var result = new CompletableFuture<Integer>();
        var timing = timer.schedule(() -> result.complete(count()), limit.toNanos(), TimeUnit.NANOSECONDS);
        CompletionStage<Void> allLeft = empty;
        allLeft.whenComplete((none, never) -> {
            timing.cancel(false);
            result.complete(0);
        });
        return result;
    }

    private void leave() {
        synchronized (this) {
            inside--;
            if (!draining || inside > 0) {
                return;
            }
        }
        empty.complete(null);
    }
}
