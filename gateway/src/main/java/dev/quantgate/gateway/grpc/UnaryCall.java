package dev.quantgate.gateway.grpc;

import com.google.protobuf.Message;
import dev.quantgate.worker.api.CallContext;
import io.vertx.grpc.server.GrpcServerRequest;
import java.util.concurrent.CompletionStage;

/** A call with one answer. */
final class UnaryCall<Q extends Message, P extends Message> extends SingleRequestCall<Q, P> {
    /** Answers a request; planned failures are thrown or end the stage. */
    interface Method<Q, P> {
        CompletionStage<P> call(Q request, CallContext context);
    }

    private final Method<Q, P> method;

    UnaryCall(GrpcServerRequest<Q, P> request, RequestReader<Q> reader, CallSettings settings, Method<Q, P> method) {
        super(request, reader, settings);
        this.method = method;
    }

    @Override
    void begin(Q message, CallContext call) {
        method.call(message, call)
                .whenComplete((answer, failure) -> onLoop(() -> {
                    if (failure == null) {
                        succeed(answer);
                    } else {
                        failed(failure);
                    }
                }));
    }

    @Override
    void onAbandoned() {
        // The cancellation inside the call's context has told the worker; a late answer is dropped.
    }
}
