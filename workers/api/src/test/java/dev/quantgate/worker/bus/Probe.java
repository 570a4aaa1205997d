package dev.quantgate.worker.bus;

import dev.quantgate.worker.api.StreamSink;
import dev.quantgate.worker.api.WorkerFailure;
import io.vertx.core.Context;
import io.vertx.core.Vertx;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/** A sink that remembers everything. */
final class Probe<T> implements StreamSink<T> {
    private final List<T> items = new ArrayList<>();
    private final List<Optional<WorkerFailure>> endings = new ArrayList<>();
    private final List<@Nullable Context> contexts = new ArrayList<>();

    @Override
    public synchronized void item(T item) {
        if (!endings.isEmpty()) {
            throw new IllegalStateException("an item after the end");
        }
        items.add(item);
        contexts.add(Vertx.currentContext());
        notifyAll();
    }

    @Override
    public synchronized void end() {
        endings.add(Optional.empty());
        notifyAll();
    }

    @Override
    public synchronized void fail(WorkerFailure failure) {
        endings.add(Optional.of(failure));
        notifyAll();
    }

    synchronized List<T> items() {
        return List.copyOf(items);
    }

    synchronized List<Optional<WorkerFailure>> endings() {
        return List.copyOf(endings);
    }

    synchronized List<@Nullable Context> contexts() {
        return new ArrayList<>(contexts);
    }

    /** Waits for the end; empty if it ended well. */
    synchronized Optional<WorkerFailure> awaitEnd() throws Exception {
        await(() -> !endings.isEmpty());
        return endings.get(0);
    }

    synchronized List<T> awaitItems(int count) throws Exception {
        await(() -> items.size() >= count);
        return List.copyOf(items);
    }

    private void await(BooleanSupplier condition) throws Exception {
        var deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(20);
        while (!condition.getAsBoolean()) {
            var left = TimeUnit.NANOSECONDS.toMillis(deadline - System.nanoTime());
            if (left <= 0) {
                throw new TimeoutException(items.size() + " items, endings " + endings);
            }
            wait(left);
        }
    }
}
