package dev.quantgate.gateway.routing;

import dev.quantgate.worker.api.CallContext;
import dev.quantgate.worker.api.FailureKind;
import dev.quantgate.worker.api.OperationRecord;
import dev.quantgate.worker.api.StreamHandle;
import dev.quantgate.worker.api.StreamSink;
import dev.quantgate.worker.api.WorkerFailure;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;

/**
 * Waits for the end of an operation. When the worker that tells of it is lost, another one of the same store is asked,
 * for as long as a lost worker's lease may last.
 */
public final class OperationWait {
    private static final Duration RETRY_EVERY = Duration.ofSeconds(1);
    private static final int RETRIES = 30;

    private final Operations operations;

    public OperationWait(Operations operations) {
        this.operations = operations;
    }

    /** Completes with the final record. */
    public CompletionStage<OperationRecord> untilFinal(String id, CallContext context) {
        return attempt(id, context, RETRIES);
    }

    private CompletionStage<OperationRecord> attempt(String id, CallContext context, int retries) {
        return watch(id, context)
                .handle((operation, failure) -> {
                    if (failure == null) {
                        return CompletableFuture.completedStage(operation);
                    }
                    var lost = WorkerFailure.find(failure)
                            .filter(planned -> planned.kind() == FailureKind.UNAVAILABLE)
                            .isPresent();
                    return lost && retries > 0 && !context.cancellation().isCancelled()
                            ? CompletableFuture.supplyAsync(() -> attempt(id, context, retries - 1), later())
                                    .thenCompose(next -> next)
                            : CompletableFuture.<OperationRecord>failedStage(failure);
                })
                .thenCompose(next -> next);
    }

    private CompletionStage<OperationRecord> watch(String id, CallContext context) {
        var outcome = new CompletableFuture<OperationRecord>();
        var handle = new AtomicReference<StreamHandle>();
        var stream = operations.watch(id, context, new StreamSink<>() {
            @Override
            public void item(OperationRecord operation) {
                if (operation.state().isFinal()) {
                    outcome.complete(operation);
                }
                var known = handle.get();
                if (known != null) {
                    known.grant(1);
                }
            }

            @Override
            public void end() {
                outcome.completeExceptionally(
                        WorkerFailure.of(FailureKind.UNAVAILABLE, "the worker stopped telling of the operation")
                                .asException());
            }

            @Override
            public void fail(WorkerFailure failure) {
                outcome.completeExceptionally(failure.asException());
            }
        });
        handle.set(stream);
        context.cancellation().onCancel(stream::cancel);
        return outcome;
    }

    private static Executor later() {
        return CompletableFuture.delayedExecutor(RETRY_EVERY.toMillis(), TimeUnit.MILLISECONDS);
    }
}
