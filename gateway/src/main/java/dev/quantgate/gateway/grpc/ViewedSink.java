package dev.quantgate.gateway.grpc;

import com.google.longrunning.Operation;
import dev.quantgate.worker.api.FailureKind;
import dev.quantgate.worker.api.OperationRecord;
import dev.quantgate.worker.api.StreamSink;
import dev.quantgate.worker.api.WorkerFailure;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;

/** Passes operations on as messages, which may take a question to a worker; the order stays. */
final class ViewedSink implements StreamSink<OperationRecord> {
    private final Function<OperationRecord, CompletionStage<Operation>> view;
    private final StreamSink<Operation> target;
    private CompletionStage<Void> passed = CompletableFuture.completedStage(null);

    ViewedSink(Function<OperationRecord, CompletionStage<Operation>> view, StreamSink<Operation> target) {
        this.view = view;
        this.target = target;
    }

    @Override
    public void item(OperationRecord item) {
        passed = passed.thenCompose(before -> view.apply(item)).thenAccept(target::item);
    }

    @Override
    public void end() {
        passed.whenComplete((done, failure) -> {
            if (failure == null) {
                target.end();
            } else {
                target.fail(WorkerFailure.find(failure)
                        .orElseGet(() -> WorkerFailure.of(FailureKind.INTERNAL, failure.toString())));
            }
        });
    }

    @Override
    public void fail(WorkerFailure failure) {
        passed.whenComplete((done, ignored) -> target.fail(failure));
    }
}
