package dev.quantgate.worker.runtime;

import dev.quantgate.worker.api.CallContext;
import dev.quantgate.worker.api.FailureKind;
import dev.quantgate.worker.api.WorkerFailure;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;

/** The ends that a caller sets to a call: its deadline and its cancellation. */
final class Deadlines {
    static final WorkerFailure PASSED = WorkerFailure.of(FailureKind.DEADLINE_EXCEEDED, "the deadline passed");
    static final WorkerFailure CANCELLED = WorkerFailure.of(FailureKind.CANCELLED, "the caller cancelled");

    private Deadlines() {}

    /** Fails {@code result} when the deadline passes or the caller gives up, whichever comes first. */
    static void enforce(CallContext context, CompletableFuture<?> result, ScheduledExecutorService timer) {
        context.cancellation().onCancel(() -> result.completeExceptionally(CANCELLED.asException()));
        var cancelTimer = at(context, () -> result.completeExceptionally(PASSED.asException()), timer);
        CompletionStage<?> end = result;
        end.whenComplete((value, failure) -> cancelTimer.run());
    }

    /** Runs {@code action} at the deadline if there is one; the returned action takes that back. */
    static Runnable at(CallContext context, Runnable action, ScheduledExecutorService timer) {
        var timeout = context.timeout();
        if (timeout.compareTo(CallContext.NO_TIMEOUT) >= 0) {
            return () -> {};
        }
        if (timeout.isNegative() || timeout.isZero()) {
            action.run();
            return () -> {};
        }
        try {
            var timing = timer.schedule(action, timeout.toNanos(), TimeUnit.NANOSECONDS);
            return () -> timing.cancel(false);
        } catch (RejectedExecutionException stopping) {
            return () -> {};
        }
    }

    /** The context for work that starts now, {@code waited} after the call came. */
    static CallContext after(CallContext context, Duration waited) {
        if (context.timeout().compareTo(CallContext.NO_TIMEOUT) >= 0) {
            return context;
        }
        return new CallContext(
                context.requestId(), context.timeout().minus(waited), context.client(), context.cancellation());
    }
}
