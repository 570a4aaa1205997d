package dev.quantgate.gateway.grpc;

import dev.quantgate.worker.api.CallContext;
import dev.quantgate.worker.api.Cancellation;
import dev.quantgate.worker.api.FailureKind;
import dev.quantgate.worker.api.WorkerFailure;
import io.vertx.grpc.common.GrpcHeaderNames;
import io.vertx.grpc.server.GrpcServerRequest;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.ThreadLocalRandom;
import java.util.regex.Pattern;

/**
 * What the headers of a call say.
 *
 * @param requestId the client's {@code x-request-id}, or one made here
 * @param client address of the peer
 * @param timeoutMillis the client's deadline, counted from the headers' arrival; 0 if there is none
 * @param arrivedNanos {@link System#nanoTime()} at the headers' arrival
 * @param refusal why the call cannot even start
 */
record CallHeaders(
        String requestId, String client, long timeoutMillis, long arrivedNanos, Optional<WorkerFailure> refusal) {
    private static final Pattern REQUEST_ID = Pattern.compile("[\\x21-\\x7e]{1,64}");
    private static final Pattern TIMEOUT = Pattern.compile("[0-9]{1,8}[HMSmun]");

    static CallHeaders of(GrpcServerRequest<?, ?> request) {
        var given = request.headers().get("x-request-id");
        var id = given != null && REQUEST_ID.matcher(given).matches()
                ? given
                : Long.toHexString(ThreadLocalRandom.current().nextLong());
        var address = request.connection().remoteAddress();
        return new CallHeaders(
                id,
                address == null || address.hostAddress() == null ? "" : address.hostAddress(),
                request.timeout(),
                System.nanoTime(),
                refusal(request));
    }

    private static Optional<WorkerFailure> refusal(GrpcServerRequest<?, ?> request) {
        var timeout = request.headers().get(GrpcHeaderNames.GRPC_TIMEOUT);
        if (timeout == null || request.timeout() > 0) {
            return Optional.empty();
        }
        // Less than a millisecond is no time at all; the server's own timer would take it for no deadline.
        return Optional.of(
                TIMEOUT.matcher(timeout).matches()
                        ? WorkerFailure.of(FailureKind.DEADLINE_EXCEEDED, "the deadline has passed")
                        : WorkerFailure.invalid(
                                GrpcHeaderNames.GRPC_TIMEOUT.toString(),
                                "malformed (expected: up to 8 digits and one of H, M, S, m, u, n)"));
    }

    /** The call as workers see it, with the time that is left now. */
    CallContext context(Cancellation cancellation) {
        if (timeoutMillis == 0) {
            return new CallContext(requestId, CallContext.NO_TIMEOUT, client, cancellation);
        }
        var spent = Duration.ofNanos(System.nanoTime() - arrivedNanos);
        var left = Duration.ofMillis(timeoutMillis).minus(spent);
        return new CallContext(requestId, left.isNegative() ? Duration.ZERO : left, client, cancellation);
    }
}
