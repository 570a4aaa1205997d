package dev.quantgate.worker.bus;

import com.google.protobuf.Empty;
import dev.quantgate.bus.v1.WireBus.Envelope;
import dev.quantgate.bus.v1.WireBus.Item;
import dev.quantgate.bus.v1.WireBus.Open;
import dev.quantgate.bus.v1.WireCalls.Call;
import dev.quantgate.bus.v1.WireCalls.CallReply;
import dev.quantgate.bus.v1.WireCalls.CallReply.ResultCase;
import dev.quantgate.bus.v1.WireCalls.ImportAdapter;
import dev.quantgate.worker.api.AdapterRecord;
import dev.quantgate.worker.api.AdapterRef;
import dev.quantgate.worker.api.CallContext;
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
import dev.quantgate.worker.api.WorkerStatus;
import dev.quantgate.worker.api.inference.GenerateEvent;
import dev.quantgate.worker.api.inference.GenerateRequest;
import dev.quantgate.worker.api.inference.TextResult;
import dev.quantgate.worker.api.inference.TextTask;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;

/**
 * A worker at the other end of the bus. Sinks are called, and stages complete, on the Vert.x context that started the
 * call, never inside it. Grants are passed on in steps of half a window.
 */
final class WorkerClient implements Worker {
    private final Gateway gateway;
    private final WorkerLink link;

    WorkerClient(Gateway gateway, WorkerLink link) {
        this.gateway = gateway;
        this.link = link;
    }

    @Override
    public WorkerStatus status() {
        return link.status();
    }

    @Override
    public CompletionStage<List<ModelRecord>> listModels(CallContext context) {
        return call(
                Call.newBuilder().setListModels(Empty.getDefaultInstance()),
                context,
                ResultCase.MODELS,
                reply -> reply.getModels().getModelsList().stream()
                        .map(ModelMapping::fromWire)
                        .toList());
    }

    @Override
    public CompletionStage<ModelRecord> getModel(String model, CallContext context) {
        return call(
                Call.newBuilder().setGetModel(model),
                context,
                ResultCase.MODEL,
                reply -> ModelMapping.fromWire(reply.getModel()));
    }

    @Override
    public CompletionStage<OperationRecord> importModel(ImportRequest request, CallContext context) {
        return operation(Call.newBuilder().setImportModel(OperationMapping.toWire(request)), context);
    }

    @Override
    public CompletionStage<Void> deleteModel(ModelRef model, CallContext context) {
        return done(Call.newBuilder().setDeleteModel(ModelMapping.toWire(model)), context);
    }

    @Override
    public CompletionStage<AdapterRecord> importAdapter(AdapterRef adapter, Path source, CallContext context) {
        var wire = ImportAdapter.newBuilder()
                .setAdapter(AdapterMapping.toWire(adapter))
                .setSource(source.toString());
        return call(
                Call.newBuilder().setImportAdapter(wire),
                context,
                ResultCase.ADAPTER,
                reply -> AdapterMapping.fromWire(reply.getAdapter()));
    }

    @Override
    public CompletionStage<Void> deleteAdapter(AdapterRef adapter, CallContext context) {
        return done(Call.newBuilder().setDeleteAdapter(AdapterMapping.toWire(adapter)), context);
    }

    @Override
    public CompletionStage<List<SessionRecord>> listSessions(String model, CallContext context) {
        return call(
                Call.newBuilder().setListSessions(model),
                context,
                ResultCase.SESSIONS,
                reply -> reply.getSessions().getSessionsList().stream()
                        .map(SessionMapping::fromWire)
                        .toList());
    }

    @Override
    public CompletionStage<Void> deleteSession(SessionRef session, CallContext context) {
        return done(Call.newBuilder().setDeleteSession(SessionMapping.toWire(session)), context);
    }

    @Override
    public CompletionStage<LoadOutcome> loadModel(ModelRef model, LoadSettings settings, CallContext context) {
        return call(
                Call.newBuilder().setLoadModel(ModelMapping.toWire(model, settings)),
                context,
                ResultCase.LOAD_OUTCOME,
                reply -> ModelMapping.fromWire(reply.getLoadOutcome()));
    }

    @Override
    public CompletionStage<List<String>> unloadModel(ModelRef model, CallContext context) {
        return call(
                Call.newBuilder().setUnloadModel(ModelMapping.toWire(model)),
                context,
                ResultCase.NAMES,
                reply -> List.copyOf(reply.getNames().getNamesList()));
    }

    @Override
    public CompletionStage<OperationRecord> quantizeModel(QuantizeRequest request, CallContext context) {
        return operation(Call.newBuilder().setQuantizeModel(OperationMapping.toWire(request)), context);
    }

    @Override
    public CompletionStage<List<QuantizationType>> quantizationTypes(CallContext context) {
        return call(
                Call.newBuilder().setQuantizationTypes(Empty.getDefaultInstance()),
                context,
                ResultCase.QUANTIZATION_TYPES,
                reply -> reply.getQuantizationTypes().getTypesList().stream()
                        .map(ModelMapping::fromWire)
                        .toList());
    }

    @Override
    public CompletionStage<List<OperationRecord>> listOperations(CallContext context) {
        return call(
                Call.newBuilder().setListOperations(Empty.getDefaultInstance()),
                context,
                ResultCase.OPERATIONS,
                reply -> reply.getOperations().getOperationsList().stream()
                        .map(OperationMapping::fromWire)
                        .toList());
    }

    @Override
    public CompletionStage<OperationRecord> getOperation(String id, CallContext context) {
        return operation(Call.newBuilder().setGetOperation(id), context);
    }

    @Override
    public CompletionStage<OperationRecord> cancelOperation(String id, CallContext context) {
        return operation(Call.newBuilder().setCancelOperation(id), context);
    }

    @Override
    public CompletionStage<Void> deleteOperation(String id, CallContext context) {
        return done(Call.newBuilder().setDeleteOperation(id), context);
    }

    @Override
    public StreamHandle watchOperation(String id, CallContext context, StreamSink<OperationRecord> sink) {
        return stream(Open.newBuilder().setWatchOperation(id), context, ItemMapping::operationFromWire, sink);
    }

    @Override
    public StreamHandle generate(GenerateRequest request, CallContext context, StreamSink<GenerateEvent> sink) {
        return stream(
                Open.newBuilder().setGenerate(GenerationMapping.toWire(request)),
                context,
                ItemMapping::eventFromWire,
                sink);
    }

    @Override
    public <R extends TextResult> CompletionStage<R> run(TextTask<R> task, CallContext context) {
        return call(
                Call.newBuilder().setRun(TaskMapping.toWire(task)),
                context,
                ResultCase.TEXT_RESULT,
                reply -> ResultMapping.fromWire(reply.getTextResult(), task));
    }

    @Override
    public CompletionStage<Integer> drain(Duration limit, CallContext context) {
        return call(
                Call.newBuilder().setDrain(TimeMapping.toWire(limit)),
                context,
                ResultCase.STILL_RUNNING,
                CallReply::getStillRunning);
    }

    private CompletionStage<OperationRecord> operation(Call.Builder method, CallContext context) {
        return call(method, context, ResultCase.OPERATION, reply -> OperationMapping.fromWire(reply.getOperation()));
    }

    // The stage's type allows null for Void only in words: NullAway cannot see that.
    @SuppressWarnings("NullAway")
    private CompletionStage<Void> done(Call.Builder method, CallContext context) {
        return call(method, context, ResultCase.DONE, reply -> null);
    }

    private <R> CompletionStage<R> call(
            Call.Builder method, CallContext context, ResultCase expected, Function<CallReply, R> decoder) {
        var exchange = new CallExchange<R>(gateway, link, context, reply -> {
            if (reply.getResultCase() != expected) {
                throw new MappingException("answer (expected: " + expected + ")", reply.getResultCase());
            }
            return decoder.apply(reply);
        });
        method.setHeader(exchange.header());
        exchange.start(Envelope.newBuilder().setCall(method).build());
        return exchange.answer();
    }

    private <T> StreamHandle stream(
            Open.Builder open, CallContext context, Function<Item, T> decoder, StreamSink<T> sink) {
        var exchange = new StreamExchange<T>(gateway, link, context, decoder, sink);
        open.setHeader(exchange.header()).setInitialWindow(StreamHandle.INITIAL_WINDOW);
        exchange.start(Envelope.newBuilder().setOpen(open).build());
        return exchange;
    }
}
