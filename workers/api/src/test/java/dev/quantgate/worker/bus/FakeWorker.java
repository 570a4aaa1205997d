package dev.quantgate.worker.bus;

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
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/** A worker that refuses everything; tests override what they need. */
class FakeWorker implements Worker {
    private volatile WorkerStatus status;

    FakeWorker(String id) {
        this.status = Samples.status(id);
    }

    final void report(WorkerStatus next) {
        status = next;
    }

    @Override
    public final WorkerStatus status() {
        return status;
    }

    @Override
    public CompletionStage<List<ModelRecord>> listModels(CallContext context) {
        return refuse();
    }

    @Override
    public CompletionStage<ModelRecord> getModel(String model, CallContext context) {
        return refuse();
    }

    @Override
    public CompletionStage<OperationRecord> importModel(ImportRequest request, CallContext context) {
        return refuse();
    }

    @Override
    public CompletionStage<Void> deleteModel(ModelRef model, CallContext context) {
        return refuse();
    }

    @Override
    public CompletionStage<AdapterRecord> importAdapter(AdapterRef adapter, Path source, CallContext context) {
        return refuse();
    }

    @Override
    public CompletionStage<Void> deleteAdapter(AdapterRef adapter, CallContext context) {
        return refuse();
    }

    @Override
    public CompletionStage<List<SessionRecord>> listSessions(String model, CallContext context) {
        return refuse();
    }

    @Override
    public CompletionStage<Void> deleteSession(SessionRef session, CallContext context) {
        return refuse();
    }

    @Override
    public CompletionStage<LoadOutcome> loadModel(ModelRef model, LoadSettings settings, CallContext context) {
        return refuse();
    }

    @Override
    public CompletionStage<List<String>> unloadModel(ModelRef model, CallContext context) {
        return refuse();
    }

    @Override
    public CompletionStage<OperationRecord> quantizeModel(QuantizeRequest request, CallContext context) {
        return refuse();
    }

    @Override
    public CompletionStage<List<QuantizationType>> quantizationTypes(CallContext context) {
        return refuse();
    }

    @Override
    public CompletionStage<List<OperationRecord>> listOperations(CallContext context) {
        return refuse();
    }

    @Override
    public CompletionStage<OperationRecord> getOperation(String id, CallContext context) {
        return refuse();
    }

    @Override
    public CompletionStage<OperationRecord> cancelOperation(String id, CallContext context) {
        return refuse();
    }

    @Override
    public CompletionStage<Void> deleteOperation(String id, CallContext context) {
        return refuse();
    }

    @Override
    public StreamHandle watchOperation(String id, CallContext context, StreamSink<OperationRecord> sink) {
        throw unsupported();
    }

    @Override
    public StreamHandle generate(GenerateRequest request, CallContext context, StreamSink<GenerateEvent> sink) {
        throw unsupported();
    }

    @Override
    public <R extends TextResult> CompletionStage<R> run(TextTask<R> task, CallContext context) {
        return refuse();
    }

    @Override
    public CompletionStage<Integer> drain(Duration limit, CallContext context) {
        return refuse();
    }

    private static <T> CompletionStage<T> refuse() {
        return CompletableFuture.failedFuture(unsupported());
    }

    private static RuntimeException unsupported() {
        return WorkerFailure.of(FailureKind.UNSUPPORTED, "not by this fake").asException();
    }
}
