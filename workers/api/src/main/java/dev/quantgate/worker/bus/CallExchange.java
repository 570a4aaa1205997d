package dev.quantgate.worker.bus;

import dev.quantgate.bus.v1.WireBus.Envelope;
import dev.quantgate.bus.v1.WireCalls.CallReply;
import dev.quantgate.worker.api.CallContext;
import dev.quantgate.worker.api.WorkerFailure;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;

/** A call with one answer at the gateway's end. */
final class CallExchange<R> extends Exchange {
    private final Function<CallReply, R> decoder;
    private final CompletableFuture<R> answer = new CompletableFuture<>();

    CallExchange(Gateway gateway, WorkerLink link, CallContext call, Function<CallReply, R> decoder) {
        super(gateway, link, call);
        this.decoder = decoder;
    }

    CompletionStage<R> answer() {
        return answer;
    }

    @Override
    void take(Envelope message) {
        if (!close()) {
            return;
        }
        var reply = message.getCallReply();
        if (reply.hasFailure()) {
            deliver(FailureMapping.fromWire(reply.getFailure()));
            return;
        }
        try {
            answer.complete(decoder.apply(reply));
        } catch (RuntimeException bug) {
            deliver(Failures.of(bug, requestId()));
        }
    }

    @Override
    void deliver(WorkerFailure failure) {
        answer.completeExceptionally(failure.asException());
    }
}
