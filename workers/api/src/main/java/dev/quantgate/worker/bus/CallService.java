package dev.quantgate.worker.bus;

import dev.quantgate.bus.v1.WireBus.Envelope;
import dev.quantgate.bus.v1.WireCalls.CallReply;
import dev.quantgate.bus.v1.WireCommon.CallHeader;
import dev.quantgate.worker.api.WorkerFailure;
import io.vertx.core.Vertx;

/** A call with one answer at the worker's end. */
final class CallService extends Service {
    CallService(Vertx vertx, Bus bus, Services services, CallHeader header) {
        super(vertx, bus, services, header);
    }

    /** Answers, unless it was stopped before. */
    void answer(CallReply.Builder reply) {
        if (close()) {
            send(reply);
        }
    }

    /** Answers with a failure, unless it was stopped before. */
    void answer(WorkerFailure failure) {
        if (close()) {
            sendFailure(failure);
        }
    }

    @Override
    void sendFailure(WorkerFailure failure) {
        send(CallReply.newBuilder().setFailure(FailureMapping.toWire(failure)));
    }

    @Override
    void stopWork() {}

    private void send(CallReply.Builder reply) {
        sendToGateway(Envelope.newBuilder()
                .setCallReply(reply.setId(header().getId()))
                .build());
    }
}
