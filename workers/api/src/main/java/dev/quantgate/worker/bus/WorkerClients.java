package dev.quantgate.worker.bus;

import dev.quantgate.worker.api.WorkerDirectory;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.util.List;
import java.util.Objects;

/** The gateway's end of the bus: finds workers and calls them. */
public final class WorkerClients implements WorkerDirectory {
    private WorkerClients() {}

    /**
     * Starts to look for workers. Completes when it listens, before the first worker is found.
     *
     * @param vertx local or clustered
     */
    public static Future<WorkerClients> start(Vertx vertx) {
        return Future.failedFuture(new UnsupportedOperationException(vertx.toString()));
    }

    @Override
    public List<ConnectedWorker> workers() {
        return List.of();
    }

    @Override
    public void onChange(Runnable listener) {
        throw new UnsupportedOperationException();
    }

    /** Takes the word of the cluster that a node died: its workers are lost at once. */
    public void nodeLeft(String nodeId) {
        Objects.requireNonNull(nodeId, "nodeId");
    }

    /** Ends every stream and call with UNAVAILABLE and leaves the bus. */
    public Future<Void> close() {
        return Future.succeededFuture();
    }
}
