package dev.quantgate.worker.bus;

import dev.quantgate.bus.v1.WireBus.Credit;
import dev.quantgate.bus.v1.WireBus.Data;
import dev.quantgate.bus.v1.WireBus.End;
import dev.quantgate.bus.v1.WireBus.Envelope;
import dev.quantgate.bus.v1.WireBus.Item;
import dev.quantgate.worker.api.CallContext;
import dev.quantgate.worker.api.FailureKind;
import dev.quantgate.worker.api.StreamHandle;
import dev.quantgate.worker.api.StreamSink;
import dev.quantgate.worker.api.WorkerFailure;
import java.util.function.Function;

/** A stream at the gateway's end: checks the sequence, feeds the sink and passes grants on by half windows. */
final class StreamExchange<T> extends Exchange implements StreamHandle {
    private static final int CREDIT_STEP = INITIAL_WINDOW / 2;

    private final Function<Item, T> decoder;
    private final StreamSink<T> sink;
    private long nextSequence;
    private int owedItems;

    StreamExchange(Gateway gateway, WorkerLink link, CallContext call, Function<Item, T> decoder, StreamSink<T> sink) {
        super(gateway, link, call);
        this.decoder = decoder;
        this.sink = sink;
    }

    @Override
    public void grant(int items) {
        if (items < 1) {
            throw new IllegalArgumentException("items: " + items + " (expected: >= 1)");
        }
        execute(() -> owe(items));
    }

    @Override
    void take(Envelope message) {
        switch (message.getMessageCase()) {
            case DATA -> data(message.getData());
            case END -> end(message.getEnd());
            default -> abandon(WorkerFailure.of(FailureKind.INTERNAL, "internal error"));
        }
    }

    @Override
    void deliver(WorkerFailure failure) {
        sink.fail(failure);
    }

    private void owe(int items) {
        owedItems += items;
        if (owedItems >= CREDIT_STEP && !ended()) {
            sendControl(Envelope.newBuilder()
                    .setCredit(Credit.newBuilder()
                            .setReplyAddress(replyAddress())
                            .setId(id())
                            .setItems(owedItems))
                    .build());
            owedItems = 0;
        }
    }

    private void data(Data data) {
        if (data.getSequence() != nextSequence) {
            abandon(lost(data.getSequence()));
            return;
        }
        nextSequence++;
        try {
            for (var item : data.getItemsList()) {
                sink.item(decoder.apply(item));
            }
        } catch (RuntimeException bug) {
            abandon(Failures.of(bug, requestId()));
        }
    }

    private void end(End end) {
        if (end.getSequence() != nextSequence && !end.hasFailure()) {
            abandon(lost(end.getSequence()));
        } else if (close()) {
            if (end.hasFailure()) {
                sink.fail(FailureMapping.fromWire(end.getFailure()));
            } else {
                sink.end();
            }
        }
    }

    private WorkerFailure lost(long sequence) {
        return WorkerFailure.of(
                FailureKind.DATA_LOSS, "message " + sequence + " of the stream (expected: " + nextSequence + ")");
    }
}
