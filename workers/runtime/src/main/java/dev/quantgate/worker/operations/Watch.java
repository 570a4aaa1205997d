package dev.quantgate.worker.operations;

import dev.quantgate.worker.api.FailureKind;
import dev.quantgate.worker.api.OperationRecord;
import dev.quantgate.worker.api.StreamHandle;
import dev.quantgate.worker.api.StreamSink;
import dev.quantgate.worker.api.WorkerFailure;
import org.jspecify.annotations.Nullable;

/** One watcher of an operation: without credit only the newest state is kept. Thread-safe. */
final class Watch implements StreamHandle {
    private final String operation;
    private final StreamSink<OperationRecord> sink;
    private int credit = StreamHandle.INITIAL_WINDOW;
    private @Nullable OperationRecord newest;
    private @Nullable OperationRecord delivered;
    private Runnable atEnd = () -> {};
    private boolean ended;

    Watch(String operation, StreamSink<OperationRecord> sink) {
        this.operation = operation;
        this.sink = sink;
    }

    String operation() {
        return operation;
    }

    synchronized boolean isEnded() {
        return ended;
    }

    /** Runs {@code action} at the end, or now if that has come. */
    synchronized void whenEnded(Runnable action) {
        atEnd = action;
        if (ended) {
            action.run();
        }
    }

    synchronized void offer(OperationRecord record) {
        newest = record;
        deliver();
    }

    @Override
    public synchronized void grant(int items) {
        credit = (int) Math.min((long) credit + items, Integer.MAX_VALUE);
        deliver();
    }

    @Override
    public void cancel() {
        fail(WorkerFailure.of(FailureKind.CANCELLED, "the watcher left"));
    }

    synchronized void fail(WorkerFailure failure) {
        if (!ended) {
            ended = true;
            sink.fail(failure);
            atEnd.run();
        }
    }

    private void deliver() {
        var record = newest;
        if (ended || record == null || credit == 0 || record.equals(delivered)) {
            return;
        }
        credit--;
        delivered = record;
        sink.item(record);
        if (record.state().isFinal() && !ended) {
            ended = true;
            sink.end();
            atEnd.run();
        }
    }
}
