package dev.quantgate.worker.bus;

import com.google.protobuf.Empty;
import dev.quantgate.bus.v1.WireCalls.Call;
import dev.quantgate.bus.v1.WireCalls.CallReply;
import dev.quantgate.bus.v1.WireCalls.ModelList;
import dev.quantgate.bus.v1.WireCalls.NameList;
import dev.quantgate.bus.v1.WireCalls.OperationList;
import dev.quantgate.bus.v1.WireCalls.QuantizationTypeList;
import dev.quantgate.bus.v1.WireCalls.SessionList;
import dev.quantgate.worker.api.CallContext;
import dev.quantgate.worker.api.OperationRecord;
import dev.quantgate.worker.api.Worker;
import java.nio.file.Path;
import java.util.concurrent.CompletionStage;

/** Finds the method of a worker that a call names, and puts its result into a reply. */
final class CallDispatch {
    private CallDispatch() {}

    static CompletionStage<CallReply.Builder> invoke(Worker worker, Call call, CallContext context) {
        return switch (call.getMethodCase()) {
            case LIST_MODELS ->
                worker.listModels(context)
                        .thenApply(models -> CallReply.newBuilder()
                                .setModels(ModelList.newBuilder()
                                        .addAllModels(models.stream()
                                                .map(ModelMapping::toWire)
                                                .toList())));
            case GET_MODEL ->
                worker.getModel(call.getGetModel(), context)
                        .thenApply(model -> CallReply.newBuilder().setModel(ModelMapping.toWire(model)));
            case IMPORT_MODEL ->
                operation(worker.importModel(OperationMapping.fromWire(call.getImportModel()), context));
            case DELETE_MODEL -> done(worker.deleteModel(ModelMapping.fromWire(call.getDeleteModel()), context));
            case IMPORT_ADAPTER ->
                worker.importAdapter(
                                AdapterMapping.fromWire(call.getImportAdapter().getAdapter()),
                                Path.of(call.getImportAdapter().getSource()),
                                context)
                        .thenApply(adapter -> CallReply.newBuilder().setAdapter(AdapterMapping.toWire(adapter)));
            case DELETE_ADAPTER ->
                done(worker.deleteAdapter(AdapterMapping.fromWire(call.getDeleteAdapter()), context));
            case LIST_SESSIONS ->
                worker.listSessions(call.getListSessions(), context)
                        .thenApply(sessions -> CallReply.newBuilder()
                                .setSessions(SessionList.newBuilder()
                                        .addAllSessions(sessions.stream()
                                                .map(SessionMapping::toWire)
                                                .toList())));
            case DELETE_SESSION ->
                done(worker.deleteSession(SessionMapping.fromWire(call.getDeleteSession()), context));
            case LOAD_MODEL ->
                worker.loadModel(
                                ModelMapping.fromWire(call.getLoadModel().getModel()),
                                ModelMapping.settings(call.getLoadModel()),
                                context)
                        .thenApply(outcome -> CallReply.newBuilder().setLoadOutcome(ModelMapping.toWire(outcome)));
            case UNLOAD_MODEL ->
                worker.unloadModel(ModelMapping.fromWire(call.getUnloadModel()), context)
                        .thenApply(names -> CallReply.newBuilder()
                                .setNames(NameList.newBuilder().addAllNames(names)));
            case QUANTIZE_MODEL ->
                operation(worker.quantizeModel(OperationMapping.fromWire(call.getQuantizeModel()), context));
            case QUANTIZATION_TYPES ->
                worker.quantizationTypes(context)
                        .thenApply(types -> CallReply.newBuilder()
                                .setQuantizationTypes(QuantizationTypeList.newBuilder()
                                        .addAllTypes(types.stream()
                                                .map(ModelMapping::toWire)
                                                .toList())));
            case LIST_OPERATIONS ->
                worker.listOperations(context)
                        .thenApply(operations -> CallReply.newBuilder()
                                .setOperations(OperationList.newBuilder()
                                        .addAllOperations(operations.stream()
                                                .map(OperationMapping::toWire)
                                                .toList())));
            case GET_OPERATION -> operation(worker.getOperation(call.getGetOperation(), context));
            case CANCEL_OPERATION -> operation(worker.cancelOperation(call.getCancelOperation(), context));
            case DELETE_OPERATION -> done(worker.deleteOperation(call.getDeleteOperation(), context));
            case RUN ->
                worker.run(TaskMapping.fromWire(call.getRun()), context)
                        .thenApply(result -> CallReply.newBuilder().setTextResult(ResultMapping.toWire(result)));
            case DRAIN ->
                worker.drain(TimeMapping.fromWire(call.getDrain()), context)
                        .thenApply(running -> CallReply.newBuilder().setStillRunning(running));
            case METHOD_NOT_SET -> throw new MappingException("call", call.getMethodCase());
        };
    }

    private static CompletionStage<CallReply.Builder> operation(CompletionStage<OperationRecord> stage) {
        return stage.thenApply(operation -> CallReply.newBuilder().setOperation(OperationMapping.toWire(operation)));
    }

    private static CompletionStage<CallReply.Builder> done(CompletionStage<Void> stage) {
        return stage.thenApply(v -> CallReply.newBuilder().setDone(Empty.getDefaultInstance()));
    }
}
