package dev.quantgate.worker.llamacpp.generate;

import dev.quantgate.worker.api.StreamHandle;
import dev.quantgate.worker.llamacpp.schedule.DecodeLoop;
import dev.quantgate.worker.llamacpp.schedule.DecodeRequest;
import org.jspecify.annotations.Nullable;

/** The receiver's end of a generation, which may be cancelled before the loop knows it. Thread-safe. */
final class GenerationHandle implements StreamHandle {
    private final DecodeLoop loop;
    private final EventQueue events;
    private @Nullable DecodeRequest request;
    private boolean cancelled;

    GenerationHandle(DecodeLoop loop, EventQueue events) {
        this.loop = loop;
        this.events = events;
    }

    @Override
    public void grant(int items) {
        events.grant(items);
        loop.wake();
    }

    @Override
    public synchronized void cancel() {
        cancelled = true;
        if (request != null) {
            loop.cancel(request);
        }
    }

    /** Hands the request to the loop; false if it was cancelled before. */
    synchronized boolean submit(DecodeRequest prepared) {
        if (cancelled) {
            return false;
        }
        request = prepared;
        loop.submit(prepared);
        return true;
    }

    synchronized boolean cancelled() {
        return cancelled;
    }
}
