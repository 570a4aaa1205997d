package dev.quantgate.gateway.routing;

import dev.quantgate.worker.api.CallContext;
import dev.quantgate.worker.api.FailureKind;
import dev.quantgate.worker.api.ImportRequest;
import dev.quantgate.worker.api.ModelRef;
import dev.quantgate.worker.api.OperationRecord;
import dev.quantgate.worker.api.OperationState;
import dev.quantgate.worker.api.QuantizeRequest;
import dev.quantgate.worker.api.StreamHandle;
import dev.quantgate.worker.api.StreamSink;
import dev.quantgate.worker.api.Worker;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;

/** The long-running operations of all stores. Stages fail with the workers' planned failures. */
public final class Operations {
    private final WorkerRouter router;
    private final Catalogue catalogue;

    public Operations(WorkerRouter router, Catalogue catalogue) {
        this.router = router;
        this.catalogue = catalogue;
    }

    /** Every operation; workers that share a store say the same, so one is asked for each store and backend. */
    public CompletionStage<List<OperationRecord>> list(CallContext context) {
        return Stages.guard(() -> FanOut.any(router.onePerStoreAndBackend(), worker -> worker.listOperations(context))
                .thenApply(lists -> {
                    var byId = new LinkedHashMap<String, OperationRecord>();
                    lists.stream()
                            .flatMap(Collection::stream)
                            .forEach(operation -> byId.putIfAbsent(operation.id(), operation));
                    return List.copyOf(byId.values());
                }));
    }

    public CompletionStage<OperationRecord> get(String id, CallContext context) {
        return onStoreOf(worker -> worker.getOperation(id, context));
    }

    public CompletionStage<OperationRecord> cancel(String id, CallContext context) {
        return onStoreOf(worker -> worker.cancelOperation(id, context));
    }

    public CompletionStage<Void> delete(String id, CallContext context) {
        return onStoreOf(worker -> worker.deleteOperation(id, context));
    }

    /** Streams the operation from a worker that knows it. */
    public StreamHandle watch(String id, CallContext context, StreamSink<OperationRecord> sink) {
        var worker = this.<Worker>onStoreOf(one -> one.getOperation(id, context).thenApply(operation -> one));
        return DeferredHandle.start(worker, sink, found -> found.watchOperation(id, context, sink));
    }

    /** Starts or joins an import on the first worker whose backend takes the files. */
    public CompletionStage<OperationRecord> importModel(ImportRequest request, CallContext context) {
        return Stages.guard(() -> Fallback.firstOf(
                router.onePerStoreAndBackend(),
                worker -> worker.importModel(request, context),
                failure -> failure.kind() == FailureKind.UNSUPPORTED));
    }

    /** Starts or joins a quantisation where the model is. */
    public CompletionStage<OperationRecord> quantize(QuantizeRequest request, CallContext context) {
        return router.locate(ModelRef.of(request.model()), context)
                .thenCompose(worker -> worker.quantizeModel(request, context));
    }

    /** Adds the model to an operation that has succeeded. */
    public CompletionStage<OperationView> view(OperationRecord operation, CallContext context) {
        if (operation.state() != OperationState.SUCCEEDED) {
            return CompletableFuture.completedStage(new OperationView(operation, Optional.empty()));
        }
        return catalogue
                .get(operation.model(), context)
                .handle((model, failure) -> new OperationView(operation, Optional.ofNullable(model)));
    }

    private <T> CompletionStage<T> onStoreOf(Function<Worker, CompletionStage<T>> call) {
        return Stages.guard(() -> Fallback.firstOf(
                router.onePerStoreAndBackend(), call, failure -> failure.kind() == FailureKind.OPERATION_NOT_FOUND));
    }
}
