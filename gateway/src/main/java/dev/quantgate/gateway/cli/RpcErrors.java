package dev.quantgate.gateway.cli;

import com.google.protobuf.InvalidProtocolBufferException;
import com.google.rpc.BadRequest;
import com.google.rpc.RetryInfo;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.protobuf.StatusProto;

/** Turns a gRPC status with its details into one message for a person. */
final class RpcErrors {
    private RpcErrors() {}

    static CliException explain(StatusRuntimeException failure) {
        var code = failure.getStatus().getCode();
        var text = new StringBuilder();
        var description = failure.getStatus().getDescription();
        text.append(description == null || description.isEmpty() ? "the gateway answered " + code : description);
        var details = StatusProto.fromThrowable(failure);
        if (details != null) {
            for (var detail : details.getDetailsList()) {
                try {
                    if (detail.is(BadRequest.class)) {
                        for (var violation : detail.unpack(BadRequest.class).getFieldViolationsList()) {
                            if (!text.toString().contains(violation.getDescription())) {
                                text.append(": ").append(violation.getDescription());
                            }
                            text.append(" [field ").append(violation.getField()).append(']');
                        }
                    } else if (detail.is(RetryInfo.class)) {
                        var delay = detail.unpack(RetryInfo.class).getRetryDelay();
                        var seconds = delay.getSeconds() + delay.getNanos() / 1e9;
                        text.append(String.format(" (try again in %.1f s)", seconds));
                    }
                } catch (InvalidProtocolBufferException unreadable) {
                    text.append(" (a detail of the error could not be read)");
                }
            }
        }
        text.append(hint(code));
        return new CliException(ExitCodes.of(code), text.toString());
    }

    private static String hint(Status.Code code) {
        return switch (code) {
            case UNAVAILABLE -> "\nIs the gateway running? `quantgate serve` starts one; --endpoint names another.";
            case UNAUTHENTICATED -> "\nSet --api-key or QUANTGATE_API_KEY.";
            case OK,
                    CANCELLED,
                    UNKNOWN,
                    INVALID_ARGUMENT,
                    DEADLINE_EXCEEDED,
                    NOT_FOUND,
                    ALREADY_EXISTS,
                    PERMISSION_DENIED,
                    RESOURCE_EXHAUSTED,
                    FAILED_PRECONDITION,
                    ABORTED,
                    OUT_OF_RANGE,
                    UNIMPLEMENTED,
                    INTERNAL,
                    DATA_LOSS -> "";
        };
    }
}
