package dev.quantgate.gateway.convert;

import com.google.longrunning.Operation;
import com.google.protobuf.Any;
import com.google.protobuf.Message;
import dev.quantgate.gateway.routing.OperationView;
import dev.quantgate.v1.Model;
import dev.quantgate.v1.OperationKind;
import dev.quantgate.v1.OperationProgress;
import dev.quantgate.v1.OperationState;
import dev.quantgate.v1.QuantizeModelResponse;
import dev.quantgate.worker.api.FailureKind;
import dev.quantgate.worker.api.OperationRecord;
import dev.quantgate.worker.api.WorkerFailure;

/** Long-running operations as messages. */
public final class OperationMessages {
    private OperationMessages() {}

    /** The operation with its progress and, once it is final, its response or error. */
    public static Operation operation(OperationView view) {
        var operation = view.operation();
        var message = Operation.newBuilder()
                .setName(ResourceNames.operation(operation.id()))
                .setMetadata(Any.pack(progress(operation)))
                .setDone(operation.state().isFinal());
        switch (operation.state()) {
            case QUEUED, RUNNING, PUBLISHING -> {}
            case SUCCEEDED -> message.setResponse(Any.pack(response(view)));
            case FAILED ->
                message.setError(Failures.status(operation
                        .failure()
                        .orElseGet(() ->
                                WorkerFailure.of(FailureKind.INTERNAL, "the operation failed without a reason"))));
            case CANCELLED ->
                message.setError(
                        Failures.status(WorkerFailure.of(FailureKind.CANCELLED, "the operation was cancelled")));
        }
        return message.build();
    }

    private static Message response(OperationView view) {
        var operation = view.operation();
        // A model that was deleted since leaves its name behind.
        var model = view.model()
                .map(ModelMessages::model)
                .orElseGet(() -> Model.newBuilder()
                        .setName(ResourceNames.model(operation.model()))
                        .build());
        return switch (operation.kind()) {
            case IMPORT -> model;
            case QUANTIZE -> {
                var response =
                        QuantizeModelResponse.newBuilder().setModel(model).setAlreadyQuantized(operation.alreadyDone());
                var name = ResourceNames.variant(operation.model(), operation.variant());
                model.getVariantsList().stream()
                        .filter(variant -> variant.getName().equals(name))
                        .findFirst()
                        .ifPresent(response::setVariant);
                operation.report().map(ModelMessages::report).ifPresent(response::setReport);
                yield response.build();
            }
        };
    }

    private static OperationProgress progress(OperationRecord operation) {
        return OperationProgress.newBuilder()
                .setKind(kind(operation))
                .setTarget(
                        operation.variant().isEmpty()
                                ? ResourceNames.model(operation.model())
                                : ResourceNames.variant(operation.model(), operation.variant()))
                .setState(state(operation))
                .setFraction(operation.fraction())
                .setStep(operation.step())
                .setCreateTime(ModelMessages.timestamp(operation.createdAt()))
                .setUpdateTime(ModelMessages.timestamp(operation.updatedAt()))
                .setWorker(operation.worker().isEmpty() ? "" : ResourceNames.worker(operation.worker()))
                .setCallers(operation.callers())
                .build();
    }

    private static OperationKind kind(OperationRecord operation) {
        return switch (operation.kind()) {
            case IMPORT -> OperationKind.OPERATION_KIND_IMPORT;
            case QUANTIZE -> OperationKind.OPERATION_KIND_QUANTIZE;
        };
    }

    private static OperationState state(OperationRecord operation) {
        return switch (operation.state()) {
            case QUEUED -> OperationState.OPERATION_STATE_QUEUED;
            case RUNNING -> OperationState.OPERATION_STATE_RUNNING;
            case PUBLISHING -> OperationState.OPERATION_STATE_PUBLISHING;
            case SUCCEEDED -> OperationState.OPERATION_STATE_SUCCEEDED;
            case FAILED -> OperationState.OPERATION_STATE_FAILED;
            case CANCELLED -> OperationState.OPERATION_STATE_CANCELLED;
        };
    }
}
