package dev.quantgate.worker.testing;

import dev.quantgate.worker.api.StreamSink;
import dev.quantgate.worker.api.WorkerFailure;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;

/** Keeps what a stream delivers; {@link #end} completes with the items, or fails. */
public final class Recorder<T> implements StreamSink<T> {
    public final List<T> items = new CopyOnWriteArrayList<>();
    public final CompletableFuture<List<T>> end = new CompletableFuture<>();
    public final AtomicInteger endings = new AtomicInteger();

    @Override
    public void item(T item) {
        items.add(item);
    }

    @Override
    public void end() {
        endings.incrementAndGet();
        end.complete(items);
    }

    @Override
    public void fail(WorkerFailure failure) {
        endings.incrementAndGet();
        end.completeExceptionally(failure.asException());
    }
}
