package dev.quantgate.worker.api;

import java.time.Instant;
import java.util.List;

/** The workers that a gateway is connected to at this moment. Thread-safe, never blocks. */
public interface WorkerDirectory {
    /** All connected workers, ordered by id; a lost one stays listed for a short while. */
    List<ConnectedWorker> workers();

    /** Calls {@code listener} after each change of the list or of a status in it, on an event loop. */
    void onChange(Runnable listener);

    /**
     * A worker with what the gateway knows of the connection.
     *
     * @param worker to call
     * @param connectedAt when it was first heard
     * @param lost true if it did not answer the last pings
     * @param embedded true if it runs in this process
     */
    record ConnectedWorker(Worker worker, Instant connectedAt, boolean lost, boolean embedded) {}
}
