package dev.quantgate.worker.bus;

import dev.quantgate.bus.v1.WireBus.Data;
import dev.quantgate.bus.v1.WireBus.End;
import dev.quantgate.bus.v1.WireBus.Envelope;
import dev.quantgate.bus.v1.WireBus.Item;
import dev.quantgate.bus.v1.WireCommon.CallHeader;
import dev.quantgate.worker.api.FailureKind;
import dev.quantgate.worker.api.StreamHandle;
import dev.quantgate.worker.api.StreamSink;
import dev.quantgate.worker.api.WorkerFailure;
import dev.quantgate.worker.bus.Outbox.EndArrival;
import dev.quantgate.worker.bus.Outbox.ItemArrival;
import io.vertx.core.Vertx;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A stream at the worker's end: the sink that a backend feeds from its own thread, and the credit, batches and end
 * that the gateway sees. Items go out at once, unless the stream is behind: then they wait for company, 8 to a message
 * and 5 ms at most.
 */
final class StreamService<T> extends Service implements StreamSink<T> {
    private static final Logger LOG = LoggerFactory.getLogger(StreamService.class);
    private static final int MAX_BATCH = 8;
    private static final long MAX_DELAY_MILLIS = 5;

    /** Items beyond all credit that a backend may have under way before it is taken for broken. */
    private static final int MAX_BACKLOG = 1024;

    private final Outbox outbox;
    private final Function<T, Item> encoder;
    private final Deque<T> waiting = new ArrayDeque<>();
    private @Nullable StreamHandle handle;
    private @Nullable Ending ending;
    private @Nullable Long delayTimer;
    private int credit;
    private int burst;
    private boolean behind;
    private long sequence;

    StreamService(
            Vertx vertx,
            Bus bus,
            Services services,
            Outbox outbox,
            CallHeader header,
            int window,
            Function<T, Item> encoder) {
        super(vertx, bus, services, header);
        this.outbox = outbox;
        this.encoder = encoder;
        this.credit = window;
    }

    /** Takes the handle of the work behind the stream. */
    void started(StreamHandle handle) {
        this.handle = handle;
    }

    /** Lets {@code items} more go out. */
    void grant(int items) {
        if (ended()) {
            return;
        }
        credit += items;
        if (handle != null) {
            handle.grant(items);
        }
        flush(false);
    }

    @Override
    public void item(T item) {
        outbox.post(new ItemArrival<>(this, item));
    }

    @Override
    public void end() {
        outbox.post(new EndArrival<>(this, Ending.NORMAL));
    }

    @Override
    public void fail(WorkerFailure failure) {
        outbox.post(new EndArrival<>(this, Ending.failed(failure)));
    }

    /** Takes an item from the outbox. */
    void arrived(T item) {
        if (ended() || ending != null) {
            return;
        }
        if (waiting.size() >= MAX_BACKLOG) {
            LOG.atError().addKeyValue("requestId", call().requestId()).log("a backend streams beyond its credit");
            stop(WorkerFailure.of(FailureKind.INTERNAL, "internal error"));
            return;
        }
        waiting.add(item);
        burst++;
    }

    /** Takes the end from the outbox. */
    void arrived(Ending how) {
        if (ending == null) {
            ending = how;
        }
    }

    /** Sends what came with a burst of the outbox. */
    void burstEnded() {
        // Several items at once: the event loop is slower than the backend, so fewer messages are better.
        behind |= burst > 1;
        burst = 0;
        flush(false);
    }

    @Override
    void sendFailure(WorkerFailure failure) {
        sendEnd(Ending.failed(failure));
    }

    @Override
    void stopWork() {
        if (handle != null) {
            handle.cancel();
        }
    }

    private void flush(boolean now) {
        if (ended()) {
            return;
        }
        while (credit > 0 && !waiting.isEmpty()) {
            var size = Math.min(MAX_BATCH, Math.min(credit, waiting.size()));
            if (mayWait(size) && !now) {
                delay();
                return;
            }
            sendItems(size);
        }
        if (!waiting.isEmpty()) {
            behind = true;
        }
        // A failure does not wait for credit: what the gateway has not asked for is dropped.
        if (ending != null && (waiting.isEmpty() || ending.failure().isPresent()) && close()) {
            sendEnd(ending);
        }
    }

    private boolean mayWait(int size) {
        return behind && sequence > 0 && ending == null && size < MAX_BATCH && size < credit;
    }

    private void delay() {
        if (delayTimer == null) {
            delayTimer = vertx().setTimer(MAX_DELAY_MILLIS, timer -> {
                delayTimer = null;
                behind = waiting.size() > 1;
                flush(true);
            });
        }
    }

    private void sendItems(int count) {
        var data = Data.newBuilder().setId(header().getId()).setSequence(sequence++);
        for (int i = 0; i < count; i++) {
            data.addItems(encoder.apply(waiting.remove()));
        }
        credit -= count;
        sendToGateway(Envelope.newBuilder().setData(data).build());
    }

    private void sendEnd(Ending how) {
        if (delayTimer != null) {
            vertx().cancelTimer(delayTimer);
        }
        waiting.clear();
        var end = End.newBuilder().setId(header().getId()).setSequence(sequence);
        how.failure().ifPresent(failure -> end.setFailure(FailureMapping.toWire(failure)));
        sendToGateway(Envelope.newBuilder().setEnd(end).build());
    }
}
