package dev.quantgate.worker.bus;

import dev.quantgate.worker.api.FailureKind;
import dev.quantgate.worker.api.Worker;
import io.vertx.core.Future;
import io.vertx.core.Vertx;

/**
 * The worker's end of the bus: lets gateways call a {@link Worker}. It keeps to each stream's credit, enforces
 * deadlines and stops what runs for gateways that have not pinged for 3.5 s. Planned failures travel as they are; any
 * other exception is logged here and becomes {@link FailureKind#INTERNAL} without its text.
 */
public final class WorkerEndpoint {
    private final Vertx vertx;
    private final EndpointVerticle verticle;
    private final String deploymentId;

    private WorkerEndpoint(Vertx vertx, EndpointVerticle verticle, String deploymentId) {
        this.vertx = vertx;
        this.verticle = verticle;
        this.deploymentId = deploymentId;
    }

    /**
     * Serves {@code worker} under the id of its status. Completes when gateways can reach it.
     *
     * @param vertx local or clustered
     * @param worker called on one event loop, so it must not block; may feed its sinks from any thread
     */
    public static Future<WorkerEndpoint> serve(Vertx vertx, Worker worker) {
        return serve(vertx, worker, Liveness.DEFAULT);
    }

    static Future<WorkerEndpoint> serve(Vertx vertx, Worker worker, Liveness liveness) {
        var verticle = new EndpointVerticle(vertx, worker, liveness);
        return vertx.deployVerticle(verticle).map(id -> new WorkerEndpoint(vertx, verticle, id));
    }

    /** Ends every stream and call with UNAVAILABLE and leaves the bus; the worker itself stays open. */
    public Future<Void> close() {
        return vertx.deploymentIDs().contains(deploymentId) ? vertx.undeploy(deploymentId) : Future.succeededFuture();
    }

    /** Number of streams and calls that run. */
    Future<Integer> running() {
        return verticle.running();
    }
}
