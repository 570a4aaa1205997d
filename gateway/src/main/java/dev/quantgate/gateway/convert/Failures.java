package dev.quantgate.gateway.convert;

import com.google.protobuf.Any;
import com.google.protobuf.Duration;
import com.google.rpc.BadRequest;
import com.google.rpc.Code;
import com.google.rpc.ErrorInfo;
import com.google.rpc.QuotaFailure;
import com.google.rpc.RetryInfo;
import com.google.rpc.Status;
import dev.quantgate.worker.api.FailureKind;
import dev.quantgate.worker.api.WorkerFailure;

/** Planned failures as canonical codes with {@code google.rpc} details. */
public final class Failures {
    /** Domain of every {@link ErrorInfo}. */
    public static final String DOMAIN = "quantgate.dev";

    private Failures() {}

    /** The canonical code of each kind; a new kind does not compile until someone picks its code. */
    public static Code code(FailureKind kind) {
        return switch (kind) {
            case INVALID_REQUEST -> Code.INVALID_ARGUMENT;
            case MODEL_NOT_FOUND, VARIANT_NOT_FOUND, ADAPTER_NOT_FOUND, SESSION_NOT_FOUND, OPERATION_NOT_FOUND ->
                Code.NOT_FOUND;
            case ALREADY_EXISTS -> Code.ALREADY_EXISTS;
            case UNSUPPORTED, FAILED_PRECONDITION, INVALID_MODEL, STORE_READ_ONLY -> Code.FAILED_PRECONDITION;
            case QUEUE_FULL, OUT_OF_MEMORY, DISK_FULL -> Code.RESOURCE_EXHAUSTED;
            case FENCED -> Code.ABORTED;
            case CANCELLED -> Code.CANCELLED;
            case DEADLINE_EXCEEDED -> Code.DEADLINE_EXCEEDED;
            case UNAVAILABLE, BACKEND_CRASHED -> Code.UNAVAILABLE;
            case DATA_LOSS -> Code.DATA_LOSS;
            case INTERNAL -> Code.INTERNAL;
        };
    }

    /** The failure with its code, message and details. A bug's own words stay inside. */
    public static Status status(WorkerFailure failure) {
        var bug = failure.kind() == FailureKind.INTERNAL;
        var status = Status.newBuilder()
                .setCode(code(failure.kind()).getNumber())
                .setMessage(bug ? "internal error" : message(failure))
                .addDetails(Any.pack(ErrorInfo.newBuilder()
                        .setReason(failure.kind().name())
                        .setDomain(DOMAIN)
                        .build()));
        if (failure.kind() == FailureKind.INVALID_REQUEST && !failure.field().isEmpty()) {
            status.addDetails(Any.pack(BadRequest.newBuilder()
                    .addFieldViolations(BadRequest.FieldViolation.newBuilder()
                            .setField(failure.field())
                            .setDescription(failure.message()))
                    .build()));
        }
        if (failure.kind() == FailureKind.OUT_OF_MEMORY || failure.kind() == FailureKind.DISK_FULL) {
            status.addDetails(Any.pack(QuotaFailure.newBuilder()
                    .addViolations(QuotaFailure.Violation.newBuilder()
                            .setSubject(failure.kind() == FailureKind.DISK_FULL ? "disk" : "memory")
                            .setDescription(failure.message()))
                    .build()));
        }
        if (!failure.retryAfter().isZero()) {
            status.addDetails(Any.pack(RetryInfo.newBuilder()
                    .setRetryDelay(Duration.newBuilder()
                            .setSeconds(failure.retryAfter().toSeconds())
                            .setNanos(failure.retryAfter().toNanosPart()))
                    .build()));
        }
        return status.build();
    }

    /** A call that was refused before anyone looked at its fields. */
    public static Status refusal(Code code, String reason, String message) {
        return Status.newBuilder()
                .setCode(code.getNumber())
                .setMessage(message)
                .addDetails(Any.pack(ErrorInfo.newBuilder()
                        .setReason(reason)
                        .setDomain(DOMAIN)
                        .build()))
                .build();
    }

    private static String message(WorkerFailure failure) {
        return failure.field().isEmpty() ? failure.message() : failure.field() + ": " + failure.message();
    }
}
