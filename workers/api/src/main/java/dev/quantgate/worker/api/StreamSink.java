package dev.quantgate.worker.api;

/**
 * Receives a stream: any number of items, then exactly one of {@link #end()} or {@link #fail(WorkerFailure)}.
 * Calls come one at a time, on a thread of the sender's choice; they must not block.
 */
public interface StreamSink<T> {
    void item(T item);

    void end();

    void fail(WorkerFailure failure);
}
