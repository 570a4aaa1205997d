package dev.quantgate.gateway.grpc;

import com.google.protobuf.Message;
import dev.quantgate.worker.api.CallContext;
import io.vertx.grpc.server.GrpcServerRequest;
import java.util.function.Function;

/** A call in which each request message gets one answer at once, until the client has asked enough. */
final class DialogueCall<Q extends Message, P extends Message> extends ServerCall<Q, P> {
    private final Function<Q, P> answers;

    DialogueCall(
            GrpcServerRequest<Q, P> request, RequestReader<Q> reader, CallSettings settings, Function<Q, P> answers) {
        super(request, reader, settings);
        this.answers = answers;
    }

    @Override
    void accept(Q message, CallContext call) {
        response.write(answers.apply(message));
        if (response.writeQueueFull()) {
            request.pause();
            response.drainHandler(drained -> request.resume());
        }
    }

    @Override
    void onRequestEnd(boolean received) {
        succeed();
    }

    @Override
    void onAbandoned() {
        // Nothing runs between two messages.
    }
}
