package dev.quantgate.worker.bus;

import dev.quantgate.bus.v1.WireCommon;
import dev.quantgate.bus.v1.WireCommon.Failure;
import dev.quantgate.worker.api.FailureKind;
import dev.quantgate.worker.api.WorkerFailure;

/** Failures on the wire. */
final class FailureMapping {
    private FailureMapping() {}

    static Failure toWire(WorkerFailure failure) {
        var wire = Failure.newBuilder()
                .setKind(toWire(failure.kind()))
                .setMessage(failure.message())
                .setField(failure.field());
        if (!failure.retryAfter().isZero()) {
            wire.setRetryAfter(TimeMapping.toWire(failure.retryAfter()));
        }
        return wire.build();
    }

    static WorkerFailure fromWire(Failure wire) {
        return new WorkerFailure(
                fromWire(wire.getKind()),
                wire.getMessage(),
                wire.getField(),
                TimeMapping.fromWire(wire.getRetryAfter()));
    }

    static WireCommon.FailureKind toWire(FailureKind kind) {
        return switch (kind) {
            case INVALID_REQUEST -> WireCommon.FailureKind.FAILURE_KIND_INVALID_REQUEST;
            case MODEL_NOT_FOUND -> WireCommon.FailureKind.FAILURE_KIND_MODEL_NOT_FOUND;
            case VARIANT_NOT_FOUND -> WireCommon.FailureKind.FAILURE_KIND_VARIANT_NOT_FOUND;
            case ADAPTER_NOT_FOUND -> WireCommon.FailureKind.FAILURE_KIND_ADAPTER_NOT_FOUND;
            case SESSION_NOT_FOUND -> WireCommon.FailureKind.FAILURE_KIND_SESSION_NOT_FOUND;
            case OPERATION_NOT_FOUND -> WireCommon.FailureKind.FAILURE_KIND_OPERATION_NOT_FOUND;
            case ALREADY_EXISTS -> WireCommon.FailureKind.FAILURE_KIND_ALREADY_EXISTS;
            case UNSUPPORTED -> WireCommon.FailureKind.FAILURE_KIND_UNSUPPORTED;
            case FAILED_PRECONDITION -> WireCommon.FailureKind.FAILURE_KIND_FAILED_PRECONDITION;
            case INVALID_MODEL -> WireCommon.FailureKind.FAILURE_KIND_INVALID_MODEL;
            case QUEUE_FULL -> WireCommon.FailureKind.FAILURE_KIND_QUEUE_FULL;
            case OUT_OF_MEMORY -> WireCommon.FailureKind.FAILURE_KIND_OUT_OF_MEMORY;
            case DISK_FULL -> WireCommon.FailureKind.FAILURE_KIND_DISK_FULL;
            case STORE_READ_ONLY -> WireCommon.FailureKind.FAILURE_KIND_STORE_READ_ONLY;
            case FENCED -> WireCommon.FailureKind.FAILURE_KIND_FENCED;
            case CANCELLED -> WireCommon.FailureKind.FAILURE_KIND_CANCELLED;
            case DEADLINE_EXCEEDED -> WireCommon.FailureKind.FAILURE_KIND_DEADLINE_EXCEEDED;
            case UNAVAILABLE -> WireCommon.FailureKind.FAILURE_KIND_UNAVAILABLE;
            case DATA_LOSS -> WireCommon.FailureKind.FAILURE_KIND_DATA_LOSS;
            case BACKEND_CRASHED -> WireCommon.FailureKind.FAILURE_KIND_BACKEND_CRASHED;
            case INTERNAL -> WireCommon.FailureKind.FAILURE_KIND_INTERNAL;
        };
    }

    private static FailureKind fromWire(WireCommon.FailureKind kind) {
        return switch (kind) {
            case FAILURE_KIND_INVALID_REQUEST -> FailureKind.INVALID_REQUEST;
            case FAILURE_KIND_MODEL_NOT_FOUND -> FailureKind.MODEL_NOT_FOUND;
            case FAILURE_KIND_VARIANT_NOT_FOUND -> FailureKind.VARIANT_NOT_FOUND;
            case FAILURE_KIND_ADAPTER_NOT_FOUND -> FailureKind.ADAPTER_NOT_FOUND;
            case FAILURE_KIND_SESSION_NOT_FOUND -> FailureKind.SESSION_NOT_FOUND;
            case FAILURE_KIND_OPERATION_NOT_FOUND -> FailureKind.OPERATION_NOT_FOUND;
            case FAILURE_KIND_ALREADY_EXISTS -> FailureKind.ALREADY_EXISTS;
            case FAILURE_KIND_UNSUPPORTED -> FailureKind.UNSUPPORTED;
            case FAILURE_KIND_FAILED_PRECONDITION -> FailureKind.FAILED_PRECONDITION;
            case FAILURE_KIND_INVALID_MODEL -> FailureKind.INVALID_MODEL;
            case FAILURE_KIND_QUEUE_FULL -> FailureKind.QUEUE_FULL;
            case FAILURE_KIND_OUT_OF_MEMORY -> FailureKind.OUT_OF_MEMORY;
            case FAILURE_KIND_DISK_FULL -> FailureKind.DISK_FULL;
            case FAILURE_KIND_STORE_READ_ONLY -> FailureKind.STORE_READ_ONLY;
            case FAILURE_KIND_FENCED -> FailureKind.FENCED;
            case FAILURE_KIND_CANCELLED -> FailureKind.CANCELLED;
            case FAILURE_KIND_DEADLINE_EXCEEDED -> FailureKind.DEADLINE_EXCEEDED;
            case FAILURE_KIND_UNAVAILABLE -> FailureKind.UNAVAILABLE;
            case FAILURE_KIND_DATA_LOSS -> FailureKind.DATA_LOSS;
            case FAILURE_KIND_BACKEND_CRASHED -> FailureKind.BACKEND_CRASHED;
            case FAILURE_KIND_INTERNAL, FAILURE_KIND_UNSPECIFIED, UNRECOGNIZED -> FailureKind.INTERNAL;
        };
    }
}
