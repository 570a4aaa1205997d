package dev.quantgate.worker.llamacpp.generate;

import dev.quantgate.worker.api.StreamHandle;
import dev.quantgate.worker.api.StreamSink;
import dev.quantgate.worker.api.WorkerFailure;
import dev.quantgate.worker.api.inference.GenerateEvent;
import java.util.ArrayDeque;
import java.util.Queue;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Sends events as far as the receiver's credit goes and keeps the few that a text's end may add to it. Credit comes from
 * any thread, everything else from one.
 */
final class EventQueue {
    private final StreamSink<GenerateEvent> sink;
    private final AtomicInteger credit = new AtomicInteger(StreamHandle.INITIAL_WINDOW);
    private final Queue<GenerateEvent> waiting = new ArrayDeque<>(2);
    private boolean complete;
    private boolean ended;

    EventQueue(StreamSink<GenerateEvent> sink) {
        this.sink = sink;
    }

    void grant(int items) {
        if (items > 0) {
            credit.accumulateAndGet(items, (old, more) -> (int) Math.min(Integer.MAX_VALUE, (long) old + more));
        }
    }

    boolean hasCredit() {
        return credit.get() > 0;
    }

    void send(GenerateEvent event) {
        waiting.add(event);
        flush();
    }

    /** No event follows; the stream ends as soon as all were sent. */
    boolean end() {
        complete = true;
        return flush();
    }

    /** Sends what there is credit for; true when the stream has ended. */
    boolean flush() {
        while (!ended && !waiting.isEmpty() && hasCredit()) {
            credit.decrementAndGet();
            sink.item(waiting.remove());
        }
        if (complete && waiting.isEmpty() && !ended) {
            ended = true;
            sink.end();
        }
        return ended;
    }

    void fail(WorkerFailure failure) {
        if (!ended) {
            ended = true;
            waiting.clear();
            sink.fail(failure);
        }
    }
}
