package dev.quantgate.worker.runtime;

import dev.quantgate.worker.api.StreamHandle;
import dev.quantgate.worker.api.StreamSink;
import dev.quantgate.worker.api.WorkerFailure;
import java.util.Optional;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Stands between a model and the receiver of its stream. The receiver gets exactly one ending, also when the deadline
 * or a cancel comes before the model is loaded; what the model sends after that is dropped. Thread-safe.
 */
final class GuardedStream<T> implements StreamSink<T>, StreamHandle {
    private final StreamSink<T> receiver;
    private final Consumer<Optional<WorkerFailure>> workEnded;
    private final Runnable over;
    private @Nullable StreamHandle model;
    private int grantedEarly;
    private boolean receiverEnded;
    private boolean modelEnded;

    /**
     * Guards a stream.
     *
     * @param workEnded hears once when the model has ended its part, with its failure if it failed; before the receiver
     *     does, who then finds the model free
     * @param over runs after that, when the receiver has its ending as well
     */
    GuardedStream(StreamSink<T> receiver, Consumer<Optional<WorkerFailure>> workEnded, Runnable over) {
        this.receiver = receiver;
        this.workEnded = workEnded;
        this.over = over;
    }

    /** The model's end of the stream has started. */
    void attach(StreamHandle started) {
        int granted;
        boolean unwanted;
        synchronized (this) {
            model = started;
            granted = grantedEarly;
            unwanted = receiverEnded;
        }
        // Never under the lock: a model may hold one of its own while it delivers.
        if (granted > 0) {
            started.grant(granted);
        }
        if (unwanted) {
            started.cancel();
        }
    }

    /** True if the receiver has its ending and no work should start. */
    synchronized boolean isOver() {
        return receiverEnded;
    }

    /** Ends the stream for the receiver now and stops the model. */
    void stop(WorkerFailure failure) {
        StreamHandle started;
        synchronized (this) {
            started = model;
            if (!receiverEnded) {
                receiverEnded = true;
                receiver.fail(failure);
            }
        }
        if (started != null) {
            started.cancel();
        }
    }

    @Override
    public void grant(int items) {
        StreamHandle started;
        synchronized (this) {
            started = model;
            if (started == null) {
                grantedEarly += items;
                return;
            }
        }
        started.grant(items);
    }

    @Override
    public void cancel() {
        stop(Deadlines.CANCELLED);
    }

    @Override
    public synchronized void item(T item) {
        if (!receiverEnded) {
            receiver.item(item);
        }
    }

    @Override
    public void end() {
        if (!endWork(Optional.empty())) {
            return;
        }
        synchronized (this) {
            if (!receiverEnded) {
                receiverEnded = true;
                receiver.end();
            }
        }
        over.run();
    }

    @Override
    public void fail(WorkerFailure failure) {
        if (!endWork(Optional.of(failure))) {
            return;
        }
        synchronized (this) {
            if (!receiverEnded) {
                receiverEnded = true;
                receiver.fail(failure);
            }
        }
        over.run();
    }

    private boolean endWork(Optional<WorkerFailure> failure) {
        synchronized (this) {
            if (modelEnded) {
                return false;
            }
            modelEnded = true;
        }
        workEnded.accept(failure);
        return true;
    }
}
