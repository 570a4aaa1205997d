package dev.quantgate.gateway.grpc;

import com.google.protobuf.Message;
import dev.quantgate.worker.api.CallContext;
import io.vertx.grpc.server.GrpcServerRequest;

/** A call with one request message; it starts as soon as that has arrived. */
abstract class SingleRequestCall<Q extends Message, P extends Message> extends ServerCall<Q, P> {
    private boolean started;

    SingleRequestCall(GrpcServerRequest<Q, P> request, RequestReader<Q> reader, CallSettings settings) {
        super(request, reader, settings);
    }

    /** Starts the work. */
    abstract void begin(Q message, CallContext call);

    @Override
    final void accept(Q message, CallContext call) {
        if (started) {
            throw RefusedException.severalMessages();
        }
        started = true;
        begin(message, call);
    }

    @Override
    final void onRequestEnd(boolean received) {
        if (!received) {
            failed(RefusedException.missingMessage());
        }
    }
}
