package dev.quantgate.worker.bus;

import dev.quantgate.worker.api.Worker;
import io.vertx.core.Future;
import io.vertx.core.Vertx;

/** The worker's end of the bus: lets gateways call a {@link Worker}. */
public final class WorkerEndpoint {
    private WorkerEndpoint() {}

    /**
     * Serves {@code worker} under the id of its status. Completes when gateways can reach it.
     *
     * @param vertx local or clustered
     * @param worker called on an event loop
     */
    public static Future<WorkerEndpoint> serve(Vertx vertx, Worker worker) {
        return Future.failedFuture(
                new UnsupportedOperationException(vertx + " " + worker.status().id()));
    }

    /** Ends every stream and call with UNAVAILABLE and leaves the bus; the worker itself stays open. */
    public Future<Void> close() {
        return Future.succeededFuture();
    }
}
