package dev.quantgate.gateway.grpc;

import com.google.protobuf.Message;
import com.google.rpc.Status;
import dev.quantgate.gateway.convert.Failures;
import dev.quantgate.worker.api.CallContext;
import dev.quantgate.worker.api.Cancellation;
import dev.quantgate.worker.api.FailureKind;
import dev.quantgate.worker.api.WorkerFailure;
import io.vertx.core.Context;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpHeaders;
import io.vertx.grpc.common.GrpcMessage;
import io.vertx.grpc.server.GrpcServerRequest;
import io.vertx.grpc.server.GrpcServerResponse;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One call, from its headers to its end. All methods run on the call's event loop. A call ends exactly once: with an
 * answer, with a failure, or abandoned by the client (cancelled, connection lost, deadline passed).
 */
abstract class ServerCall<Q extends Message, P extends Message> {
    private static final Logger LOG = LoggerFactory.getLogger(ServerCall.class);

    final GrpcServerRequest<Q, P> request;
    final GrpcServerResponse<Q, P> response;
    private final CallSettings settings;
    private final RequestReader<Q> reader;
    private final Context context;
    private final Cancellation cancellation = new Cancellation();
    private final CallHeaders headers;
    private boolean admitted;
    private boolean received;
    private boolean ended;

    ServerCall(GrpcServerRequest<Q, P> request, RequestReader<Q> reader, CallSettings settings) {
        this.request = request;
        this.response = request.response();
        this.reader = reader;
        this.settings = settings;
        this.context = Vertx.currentContext();
        this.headers = CallHeaders.of(request);
    }

    /** Takes a request message; a planned failure may be thrown. */
    abstract void accept(Q message, CallContext call);

    /** The client has said all it has to say; {@code received} tells whether that was anything. */
    abstract void onRequestEnd(boolean received);

    /** The client is gone: nothing can be sent any more. */
    abstract void onAbandoned();

    final void start() {
        request.errorHandler(error -> abandon());
        request.exceptionHandler(lost -> abandon());
        response.exceptionHandler(lost -> abandon());
        request.invalidMessageHandler(tooLarge -> failed(RefusedException.tooLarge(settings.maxMessageBytes())));
        var stranger = settings.keys().refusal(request.headers().get(HttpHeaders.AUTHORIZATION));
        if (stranger.isPresent()) {
            send(RefusedException.unauthenticated(stranger.get()).status());
            return;
        }
        var refusal = headers.refusal().or(settings.admission()::enter);
        if (refusal.isPresent()) {
            send(Failures.status(refusal.get()));
            return;
        }
        admitted = true;
        var deadline = request.deadline();
        if (deadline != null) {
            deadline.onSuccess(passed -> abandon());
        }
        request.messageHandler(this::receive);
        request.endHandler(end -> onRequestEnd(received));
    }

    private void receive(GrpcMessage message) {
        if (ended) {
            return;
        }
        received = true;
        try {
            var decoded = reader.read(message, settings.maxMessageBytes());
            accept(decoded, headers.context(cancellation));
        } catch (RuntimeException failure) {
            failed(failure);
        }
    }

    /** Runs {@code action} on the call's event loop: at once if this is it. */
    final void onLoop(Runnable action) {
        if (Vertx.currentContext() == context) {
            action.run();
        } else {
            context.runOnContext(ignored -> action.run());
        }
    }

    final boolean isEnded() {
        return ended;
    }

    /** Ends the call with OK and a last message. */
    final void succeed(P message) {
        if (finish()) {
            response.end(message);
        }
    }

    /** Ends the call with OK. */
    final void succeed() {
        if (finish()) {
            response.end();
        }
    }

    /** Ends the call with a planned failure's status, or with INTERNAL for a bug, which is logged here and only here. */
    final void failed(Throwable failure) {
        if (failure instanceof RefusedException refused) {
            send(refused.status());
            return;
        }
        var planned = WorkerFailure.find(failure);
        if (planned.isEmpty()) {
            LOG.atError()
                    .addKeyValue("requestId", headers.requestId())
                    .addKeyValue("method", request.fullMethodName())
                    .setCause(failure)
                    .log("A call failed unexpectedly");
        }
        failed(planned.orElseGet(() -> WorkerFailure.of(FailureKind.INTERNAL, "")));
    }

    final void failed(WorkerFailure failure) {
        send(Failures.status(failure));
    }

    private void send(Status status) {
        if (finish()) {
            StatusTrailers.end(response, status);
        }
    }

    private void abandon() {
        if (finish()) {
            var deadline = request.deadline();
            if (deadline != null) {
                deadline.cancel();
            }
            cancellation.cancel();
            onAbandoned();
        }
    }

    private boolean finish() {
        if (ended) {
            return false;
        }
        ended = true;
        if (admitted) {
            settings.admission().leave();
        }
        return true;
    }
}
