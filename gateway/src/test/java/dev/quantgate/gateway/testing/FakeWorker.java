package dev.quantgate.gateway.testing;

import dev.quantgate.worker.api.AdapterRecord;
import dev.quantgate.worker.api.AdapterRef;
import dev.quantgate.worker.api.CallContext;
import dev.quantgate.worker.api.FailureKind;
import dev.quantgate.worker.api.ImportRequest;
import dev.quantgate.worker.api.LoadOutcome;
import dev.quantgate.worker.api.LoadSettings;
import dev.quantgate.worker.api.ModelRecord;
import dev.quantgate.worker.api.ModelRef;
import dev.quantgate.worker.api.OperationRecord;
import dev.quantgate.worker.api.QuantizationType;
import dev.quantgate.worker.api.QuantizeRequest;
import dev.quantgate.worker.api.SessionRecord;
import dev.quantgate.worker.api.SessionRef;
import dev.quantgate.worker.api.StreamHandle;
import dev.quantgate.worker.api.StreamSink;
import dev.quantgate.worker.api.Worker;
import dev.quantgate.worker.api.WorkerFailure;
import dev.quantgate.worker.api.WorkerStatus;
import dev.quantgate.worker.api.inference.GenerateEvent;
import dev.quantgate.worker.api.inference.GenerateRequest;
import dev.quantgate.worker.api.inference.TextResult;
import dev.quantgate.worker.api.inference.TextTask;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.BiFunction;
import java.util.function.Function;

/** A worker whose models, operations and answers a test sets; whatever it does not set is refused. */
public final class FakeWorker implements Worker {
    /** Starts a generation. */
    public interface Generator {
        StreamHandle start(GenerateRequest request, CallContext context, StreamSink<GenerateEvent> sink);
    }

    public final Map<String, ModelRecord> models = new ConcurrentHashMap<>();
    public final Map<String, FakeOperation> operations = new ConcurrentHashMap<>();
    public final List<Object> calls = new CopyOnWriteArrayList<>();
    public final List<CallContext> contexts = new CopyOnWriteArrayList<>();
    public volatile WorkerStatus status;
    public volatile Generator generator = (request, context, sink) -> {
        sink.fail(unsupported());
        return new IdleHandle();
    };
    public volatile Function<TextTask<?>, CompletionStage<? extends TextResult>> tasks = task -> failed(unsupported());
    public volatile Function<QuantizeRequest, CompletionStage<OperationRecord>> quantizer =
            request -> failed(unsupported());
    public volatile Function<ImportRequest, CompletionStage<OperationRecord>> importer =
            request -> failed(unsupported());
    public volatile BiFunction<ModelRef, LoadSettings, CompletionStage<LoadOutcome>> loader =
            (ref, tokens) -> failed(unsupported());
    public volatile List<QuantizationType> types = List.of();

    public FakeWorker(String id) {
        this(id, "llama.cpp", "store-1");
    }

    public FakeWorker(String id, String backend, String store) {
        status = new WorkerStatus(
                id, backend, "v1", "haswell", store, Set.of(), List.of(), false, 0, 0, 1024, Map.of("batch", 1.5));
    }

    /** Adds a model, and names it in the status. */
    public FakeWorker with(ModelRecord model, String... loaded) {
        models.put(model.name(), model);
        var names = new ArrayList<>(status.loaded());
        names.addAll(List.of(loaded));
        return state(names, status.draining(), status.running());
    }

    public FakeWorker state(List<String> loaded, boolean draining, int running) {
        status = new WorkerStatus(
                status.id(),
                status.backend(),
                status.engineVersion(),
                status.cpuVariant(),
                status.storeId(),
                models.keySet(),
                loaded,
                draining,
                running,
                status.queued(),
                status.residentBytes(),
                status.statistics());
        return this;
    }

    public static <T> CompletionStage<T> failed(WorkerFailure failure) {
        return CompletableFuture.failedStage(failure.asException());
    }

    public static WorkerFailure unsupported() {
        return WorkerFailure.of(FailureKind.UNSUPPORTED, "the worker cannot do this");
    }

    private static <T> CompletionStage<T> of(T value) {
        return CompletableFuture.completedStage(value);
    }

    @Override
    public WorkerStatus status() {
        return status;
    }

    @Override
    public CompletionStage<List<ModelRecord>> listModels(CallContext context) {
        calls.add("listModels");
        return of(List.copyOf(models.values()));
    }

    @Override
    public CompletionStage<ModelRecord> getModel(String model, CallContext context) {
        var found = models.get(model);
        return found == null ? failed(WorkerFailure.of(FailureKind.MODEL_NOT_FOUND, "no model " + model)) : of(found);
    }

    @Override
    public CompletionStage<OperationRecord> importModel(ImportRequest request, CallContext context) {
        calls.add(request);
        return importer.apply(request);
    }

    @Override
    public CompletionStage<Void> deleteModel(ModelRef model, CallContext context) {
        calls.add(model);
        models.remove(model.model());
        return CompletableFuture.allOf();
    }

    @Override
    public CompletionStage<AdapterRecord> importAdapter(AdapterRef adapter, Path source, CallContext context) {
        calls.add(adapter);
        return of(new AdapterRecord(adapter.adapter(), 10, "ab", 4, 8, Instant.EPOCH));
    }

    @Override
    public CompletionStage<Void> deleteAdapter(AdapterRef adapter, CallContext context) {
        calls.add(adapter);
        return CompletableFuture.allOf();
    }

    @Override
    public CompletionStage<List<SessionRecord>> listSessions(String model, CallContext context) {
        return of(List.of(new SessionRecord("chat-1", 2048, Instant.EPOCH)));
    }

    @Override
    public CompletionStage<Void> deleteSession(SessionRef session, CallContext context) {
        calls.add(session);
        return CompletableFuture.allOf();
    }

    @Override
    public CompletionStage<LoadOutcome> loadModel(ModelRef model, LoadSettings settings, CallContext context) {
        calls.add(model);
        return loader.apply(model, settings);
    }

    @Override
    public CompletionStage<List<String>> unloadModel(ModelRef model, CallContext context) {
        calls.add(model);
        return of(status.loaded().stream()
                .filter(loaded -> loaded.startsWith(model.model() + ":"))
                .toList());
    }

    @Override
    public CompletionStage<OperationRecord> quantizeModel(QuantizeRequest request, CallContext context) {
        calls.add(request);
        return quantizer.apply(request);
    }

    @Override
    public CompletionStage<List<QuantizationType>> quantizationTypes(CallContext context) {
        return of(types);
    }

    @Override
    public CompletionStage<List<OperationRecord>> listOperations(CallContext context) {
        return of(operations.values().stream().map(FakeOperation::present).toList());
    }

    @Override
    public CompletionStage<OperationRecord> getOperation(String id, CallContext context) {
        return operation(id).thenApply(FakeOperation::present);
    }

    @Override
    public CompletionStage<OperationRecord> cancelOperation(String id, CallContext context) {
        calls.add("cancel " + id);
        return operation(id).thenApply(FakeOperation::present);
    }

    @Override
    public CompletionStage<Void> deleteOperation(String id, CallContext context) {
        return operation(id).thenAccept(found -> operations.remove(id));
    }

    @Override
    public StreamHandle watchOperation(String id, CallContext context, StreamSink<OperationRecord> sink) {
        calls.add("watch " + id);
        var found = operations.get(id);
        if (found == null) {
            sink.fail(WorkerFailure.of(FailureKind.OPERATION_NOT_FOUND, "no operation " + id));
            return new IdleHandle();
        }
        return found.watch(sink);
    }

    @Override
    public StreamHandle generate(GenerateRequest request, CallContext context, StreamSink<GenerateEvent> sink) {
        calls.add(request);
        contexts.add(context);
        return generator.start(request, context, sink);
    }

    @Override
    @SuppressWarnings("unchecked") // The test's answer is of the task's type, or the test fails.
    public <R extends TextResult> CompletionStage<R> run(TextTask<R> task, CallContext context) {
        calls.add(task);
        contexts.add(context);
        return (CompletionStage<R>) tasks.apply(task);
    }

    @Override
    public CompletionStage<Integer> drain(Duration limit, CallContext context) {
        state(status.loaded(), true, status.running());
        return of(status.running());
    }

    private CompletionStage<FakeOperation> operation(String id) {
        var found = operations.get(id);
        return found == null
                ? failed(WorkerFailure.of(FailureKind.OPERATION_NOT_FOUND, "no operation " + id))
                : of(found);
    }

    /** A handle of a stream that is over. */
    private static final class IdleHandle implements StreamHandle {
        @Override
        public void grant(int items) {}

        @Override
        public void cancel() {}
    }
}
