package dev.quantgate.gateway.testing;

import dev.quantgate.worker.api.Worker;
import dev.quantgate.worker.api.WorkerDirectory;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/** A list of workers that a test changes. */
public final class FakeDirectory implements WorkerDirectory {
    public static final Instant CONNECTED_AT = Instant.parse("2026-01-02T03:04:05Z");

    private final List<Runnable> listeners = new CopyOnWriteArrayList<>();
    private final List<ConnectedWorker> workers = new CopyOnWriteArrayList<>();

    public FakeDirectory(Worker... workers) {
        List.of(workers).forEach(this::add);
    }

    public FakeDirectory add(Worker worker) {
        workers.add(new ConnectedWorker(worker, CONNECTED_AT, false, false));
        return changed();
    }

    public FakeDirectory lose(Worker worker) {
        workers.removeIf(one -> one.worker() == worker);
        workers.add(new ConnectedWorker(worker, CONNECTED_AT, true, false));
        return changed();
    }

    public FakeDirectory remove(Worker worker) {
        workers.removeIf(one -> one.worker() == worker);
        return changed();
    }

    public FakeDirectory changed() {
        listeners.forEach(Runnable::run);
        return this;
    }

    @Override
    public List<ConnectedWorker> workers() {
        var sorted = new ArrayList<>(workers);
        sorted.sort(Comparator.comparing(one -> one.worker().status().id()));
        return sorted;
    }

    @Override
    public void onChange(Runnable listener) {
        listeners.add(listener);
    }
}
