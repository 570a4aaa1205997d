package dev.quantgate.gateway.routing;

import dev.quantgate.worker.api.FailureKind;
import dev.quantgate.worker.api.WorkerFailure;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CopyOnWriteArrayList;

/** Counts the calls that run, and lets no new ones in once the gateway drains. Thread-safe. */
public final class Admission {
    private static final Duration RETRY_AFTER = Duration.ofSeconds(1);

    private final CompletableFuture<Void> idle = new CompletableFuture<>();
    private final List<Runnable> listeners = new CopyOnWriteArrayList<>();
    private int running;
    private boolean draining;

    /** Lets a call in, or says why not. A call that was let in must {@link #leave}. */
    public Optional<WorkerFailure> enter() {
        synchronized (this) {
            if (!draining) {
                running++;
                return Optional.empty();
            }
        }
        return Optional.of(WorkerFailure.retry(FailureKind.UNAVAILABLE, "the gateway is shutting down", RETRY_AFTER));
    }

    public void leave() {
        boolean last;
        synchronized (this) {
            running--;
            last = draining && running == 0;
        }
        if (last) {
            idle.complete(null);
        }
    }

    /** Lets nothing new in; the stage completes when the last running call has left. */
    public CompletionStage<Void> drain() {
        boolean last;
        synchronized (this) {
            draining = true;
            last = running == 0;
        }
        listeners.forEach(Runnable::run);
        if (last) {
            idle.complete(null);
        }
        return idle.minimalCompletionStage();
    }

    public synchronized boolean isDraining() {
        return draining;
    }

    public synchronized int running() {
        return running;
    }

    /** Calls {@code listener} when draining starts. */
    public void onDrain(Runnable listener) {
        listeners.add(listener);
    }
}
