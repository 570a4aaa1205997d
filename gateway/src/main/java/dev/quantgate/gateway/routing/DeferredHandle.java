package dev.quantgate.gateway.routing;

import dev.quantgate.worker.api.FailureKind;
import dev.quantgate.worker.api.StreamHandle;
import dev.quantgate.worker.api.StreamSink;
import dev.quantgate.worker.api.Worker;
import dev.quantgate.worker.api.WorkerFailure;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** The handle of a stream whose worker is still being looked for. Thread-safe. */
final class DeferredHandle implements StreamHandle {
    private @Nullable StreamHandle stream;
    private boolean cancelled;

    private DeferredHandle() {}

    /** Starts the stream once the worker is known; a cancel before that ends it without the worker. */
    static <T> StreamHandle start(
            CompletionStage<Worker> worker, StreamSink<T> sink, Function<Worker, StreamHandle> start) {
        var handle = new DeferredHandle();
        worker.whenComplete((found, failure) -> {
            if (failure != null) {
                sink.fail(WorkerFailure.find(failure)
                        .orElseGet(() -> WorkerFailure.of(FailureKind.INTERNAL, String.valueOf(failure))));
            } else if (handle.isCancelled()) {
                sink.fail(WorkerFailure.of(FailureKind.CANCELLED, "the caller cancelled"));
            } else {
                handle.attach(start.apply(found));
            }
        });
        return handle;
    }

    private synchronized boolean isCancelled() {
        return cancelled;
    }

    private void attach(StreamHandle started) {
        synchronized (this) {
            stream = started;
            if (!cancelled) {
                return;
            }
        }
        started.cancel();
    }

    @Override
    public void grant(int items) {
        var current = current();
        // Nothing arrives before the stream exists, so nothing is granted before it does.
        if (current != null) {
            current.grant(items);
        }
    }

    @Override
    public void cancel() {
        synchronized (this) {
            cancelled = true;
        }
        var current = current();
        if (current != null) {
            current.cancel();
        }
    }

    private synchronized @Nullable StreamHandle current() {
        return stream;
    }
}
