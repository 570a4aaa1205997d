package dev.quantgate.gateway.testing;

import dev.quantgate.worker.api.FailureKind;
import dev.quantgate.worker.api.OperationRecord;
import dev.quantgate.worker.api.StreamHandle;
import dev.quantgate.worker.api.StreamSink;
import dev.quantgate.worker.api.WorkerFailure;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/** An operation that a test moves on. */
public final class FakeOperation {
    private final List<StreamSink<OperationRecord>> watchers = new CopyOnWriteArrayList<>();
    private volatile OperationRecord present;

    public FakeOperation(OperationRecord present) {
        this.present = present;
    }

    public OperationRecord present() {
        return present;
    }

    public int watchers() {
        return watchers.size();
    }

    /** Tells the watchers the new state. */
    public synchronized void move(OperationRecord next) {
        present = next;
        for (var watcher : watchers) {
            watcher.item(next);
            if (next.state().isFinal()) {
                watcher.end();
            }
        }
        if (next.state().isFinal()) {
            watchers.clear();
        }
    }

    /** The worker that tells of the operation dies. */
    public synchronized void loseWatchers() {
        watchers.forEach(watcher -> watcher.fail(WorkerFailure.of(FailureKind.UNAVAILABLE, "the worker was lost")));
        watchers.clear();
    }

    synchronized StreamHandle watch(StreamSink<OperationRecord> sink) {
        sink.item(present);
        if (present.state().isFinal()) {
            sink.end();
        } else {
            watchers.add(sink);
        }
        return new StreamHandle() {
            @Override
            public void grant(int items) {}

            @Override
            public void cancel() {
                watchers.remove(sink);
            }
        };
    }
}
