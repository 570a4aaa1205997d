package dev.quantgate.gateway.grpc;

import com.google.rpc.Code;
import com.google.rpc.Status;
import dev.quantgate.gateway.convert.Failures;
import dev.quantgate.gateway.security.ApiKeys;

/** A call that is refused for its form, before anyone looks at its fields. */
final class RefusedException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final transient Status status;

    static RefusedException of(Code code, String reason, String message) {
        return new RefusedException(code, reason, message);
    }

    private RefusedException(Code code, String reason, String message) {
        super(message);
        this.status = Failures.refusal(code, reason, message);
    }

    static RefusedException tooLarge(int maxMessageBytes) {
        return new RefusedException(
                Code.RESOURCE_EXHAUSTED,
                "MESSAGE_TOO_LARGE",
                "the request message is too large (expected: at most " + maxMessageBytes + " bytes)");
    }

    static RefusedException malformed() {
        return new RefusedException(
                Code.INVALID_ARGUMENT,
                "MALFORMED_MESSAGE",
                "the request message cannot be parsed (expected: the method's protobuf message)");
    }

    static RefusedException missingMessage() {
        return new RefusedException(
                Code.INVALID_ARGUMENT, "MISSING_MESSAGE", "the call ended without a request (expected: one message)");
    }

    static RefusedException severalMessages() {
        return new RefusedException(
                Code.INVALID_ARGUMENT, "SEVERAL_MESSAGES", "the call has several requests (expected: one message)");
    }

    static RefusedException compression() {
        return new RefusedException(
                Code.UNIMPLEMENTED, "UNKNOWN_COMPRESSION", "unknown grpc-encoding (expected: identity or gzip)");
    }

    static RefusedException unauthenticated(ApiKeys.Refusal refusal) {
        return new RefusedException(Code.UNAUTHENTICATED, refusal.reason(), refusal.message());
    }

    static RefusedException unknownMethod() {
        return new RefusedException(
                Code.UNIMPLEMENTED, "UNKNOWN_METHOD", "unknown method (expected: a method that reflection lists)");
    }

    static RefusedException unknownWorker(String id) {
        return new RefusedException(Code.NOT_FOUND, "WORKER_NOT_FOUND", "no worker is called " + id);
    }

    Status status() {
        return status;
    }
}
