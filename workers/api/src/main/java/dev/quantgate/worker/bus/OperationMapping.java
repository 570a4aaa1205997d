package dev.quantgate.worker.bus;

import dev.quantgate.bus.v1.WireOperations;
import dev.quantgate.worker.api.ImportRequest;
import dev.quantgate.worker.api.OperationKind;
import dev.quantgate.worker.api.OperationRecord;
import dev.quantgate.worker.api.OperationState;
import dev.quantgate.worker.api.QuantizationReport;
import dev.quantgate.worker.api.QuantizeRequest;
import java.nio.file.Path;
import java.util.Optional;

/** Long-running operations, and what starts them, on the wire. */
final class OperationMapping {
    private OperationMapping() {}

    static WireOperations.ImportRequest toWire(ImportRequest request) {
        return WireOperations.ImportRequest.newBuilder()
                .setModel(request.model())
                .setSource(request.source().toString())
                .setModelType(request.modelType())
                .setVersion(request.version())
                .setRequestId(request.requestId())
                .build();
    }

    static ImportRequest fromWire(WireOperations.ImportRequest wire) {
        return new ImportRequest(
                wire.getModel(),
                Path.of(wire.getSource()),
                wire.getModelType(),
                wire.getVersion(),
                wire.getRequestId());
    }

    static WireOperations.QuantizeRequest toWire(QuantizeRequest request) {
        var wire = WireOperations.QuantizeRequest.newBuilder()
                .setModel(request.model())
                .setType(request.type())
                .setRequestId(request.requestId())
                .setAllowRequantize(request.allowRequantize())
                .setSetDefault(request.setDefault());
        request.importanceMatrix().ifPresent(path -> wire.setImportanceMatrix(path.toString()));
        return wire.build();
    }

    static QuantizeRequest fromWire(WireOperations.QuantizeRequest wire) {
        return new QuantizeRequest(
                wire.getModel(),
                wire.getType(),
                wire.getRequestId(),
                wire.getAllowRequantize(),
                wire.hasImportanceMatrix() ? Optional.of(Path.of(wire.getImportanceMatrix())) : Optional.empty(),
                wire.getSetDefault());
    }

    static WireOperations.OperationRecord toWire(OperationRecord operation) {
        var wire = WireOperations.OperationRecord.newBuilder()
                .setId(operation.id())
                .setKind(toWire(operation.kind()))
                .setState(toWire(operation.state()))
                .setModel(operation.model())
                .setVariant(operation.variant())
                .setFraction(operation.fraction())
                .setStep(operation.step())
                .setCreatedAt(TimeMapping.toWire(operation.createdAt()))
                .setUpdatedAt(TimeMapping.toWire(operation.updatedAt()))
                .setWorker(operation.worker())
                .setCallers(operation.callers())
                .setAlreadyDone(operation.alreadyDone());
        operation.failure().ifPresent(failure -> wire.setFailure(FailureMapping.toWire(failure)));
        operation.report().ifPresent(report -> wire.setReport(toWire(report)));
        return wire.build();
    }

    static OperationRecord fromWire(WireOperations.OperationRecord wire) {
        return new OperationRecord(
                wire.getId(),
                fromWire(wire.getKind()),
                fromWire(wire.getState()),
                wire.getModel(),
                wire.getVariant(),
                wire.getFraction(),
                wire.getStep(),
                TimeMapping.fromWire(wire.getCreatedAt()),
                TimeMapping.fromWire(wire.getUpdatedAt()),
                wire.getWorker(),
                wire.getCallers(),
                wire.getAlreadyDone(),
                wire.hasFailure() ? Optional.of(FailureMapping.fromWire(wire.getFailure())) : Optional.empty(),
                wire.hasReport() ? Optional.of(fromWire(wire.getReport())) : Optional.empty());
    }

    private static WireOperations.QuantizationReport toWire(QuantizationReport report) {
        return WireOperations.QuantizationReport.newBuilder()
                .setSourceBytes(report.sourceBytes())
                .setQuantizedBytes(report.quantizedBytes())
                .setDuration(TimeMapping.toWire(report.duration()))
                .putAllQuality(report.quality())
                .putAllTensorTypes(report.tensorTypes())
                .build();
    }

    private static QuantizationReport fromWire(WireOperations.QuantizationReport wire) {
        return new QuantizationReport(
                wire.getSourceBytes(),
                wire.getQuantizedBytes(),
                TimeMapping.fromWire(wire.getDuration()),
                wire.getQualityMap(),
                wire.getTensorTypesMap());
    }

    private static WireOperations.OperationKind toWire(OperationKind kind) {
        return switch (kind) {
            case IMPORT -> WireOperations.OperationKind.OPERATION_KIND_IMPORT;
            case QUANTIZE -> WireOperations.OperationKind.OPERATION_KIND_QUANTIZE;
        };
    }

    private static OperationKind fromWire(WireOperations.OperationKind kind) {
        return switch (kind) {
            case OPERATION_KIND_IMPORT -> OperationKind.IMPORT;
            case OPERATION_KIND_QUANTIZE -> OperationKind.QUANTIZE;
            case OPERATION_KIND_UNSPECIFIED, UNRECOGNIZED -> throw new MappingException("operation kind", kind);
        };
    }

    private static WireOperations.OperationState toWire(OperationState state) {
        return switch (state) {
            case QUEUED -> WireOperations.OperationState.OPERATION_STATE_QUEUED;
            case RUNNING -> WireOperations.OperationState.OPERATION_STATE_RUNNING;
            case PUBLISHING -> WireOperations.OperationState.OPERATION_STATE_PUBLISHING;
            case SUCCEEDED -> WireOperations.OperationState.OPERATION_STATE_SUCCEEDED;
            case FAILED -> WireOperations.OperationState.OPERATION_STATE_FAILED;
            case CANCELLED -> WireOperations.OperationState.OPERATION_STATE_CANCELLED;
        };
    }

    private static OperationState fromWire(WireOperations.OperationState state) {
        return switch (state) {
            case OPERATION_STATE_QUEUED -> OperationState.QUEUED;
            case OPERATION_STATE_RUNNING -> OperationState.RUNNING;
            case OPERATION_STATE_PUBLISHING -> OperationState.PUBLISHING;
            case OPERATION_STATE_SUCCEEDED -> OperationState.SUCCEEDED;
            case OPERATION_STATE_FAILED -> OperationState.FAILED;
            case OPERATION_STATE_CANCELLED -> OperationState.CANCELLED;
            case OPERATION_STATE_UNSPECIFIED, UNRECOGNIZED -> throw new MappingException("operation state", state);
        };
    }
}
