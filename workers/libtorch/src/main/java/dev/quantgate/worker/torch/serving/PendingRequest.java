package dev.quantgate.worker.torch.serving;

import dev.quantgate.worker.api.CallContext;
import dev.quantgate.worker.api.FailureKind;
import dev.quantgate.worker.api.WorkerFailure;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;

/** A request with its inputs; it completes when the last of them is computed. */
final class PendingRequest {

    private final Computation computation;
    private final CallContext context;
    private final long deadlineNanos;
    private final List<float[][]> results;
    private final AtomicInteger left;
    private final AtomicInteger waiting;
    private final CompletableFuture<List<float[][]>> future = new CompletableFuture<>();

    PendingRequest(Computation computation, CallContext context, int inputs, long nowNanos) {
        this.computation = computation;
        this.context = context;
        // Saturating: a timeout of a year must not wrap around.
        this.deadlineNanos = nowNanos + Math.min(context.timeout().toNanos(), Long.MAX_VALUE / 4);
        this.results = Collections.synchronizedList(new ArrayList<>(Collections.nCopies(inputs, new float[0][])));
        this.left = new AtomicInteger(inputs);
        this.waiting = new AtomicInteger(inputs);
    }

    Computation computation() {
        return computation;
    }

    CompletableFuture<List<float[][]>> future() {
        return future;
    }

    /** Why it should not be computed any more, if so. */
    Optional<WorkerFailure> ended(long nowNanos) {
        if (context.cancellation().isCancelled()) {
            return Optional.of(WorkerFailure.of(FailureKind.CANCELLED, "the caller cancelled"));
        }
        if (nowNanos - deadlineNanos >= 0) {
            return Optional.of(WorkerFailure.of(FailureKind.DEADLINE_EXCEEDED, "the deadline passed while waiting"));
        }
        return Optional.empty();
    }

    /** Notes that an input left the queue; true for the last one. */
    boolean leftQueue() {
        return waiting.decrementAndGet() == 0;
    }

    void complete(int index, float[][] rows) {
        results.set(index, rows);
        if (left.decrementAndGet() == 0) {
            future.complete(List.copyOf(results));
        }
    }

    void fail(Throwable cause) {
        future.completeExceptionally(cause);
    }
}
