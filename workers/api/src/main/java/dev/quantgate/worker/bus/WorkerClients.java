package dev.quantgate.worker.bus;

import dev.quantgate.worker.api.FailureKind;
import dev.quantgate.worker.api.WorkerDirectory;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.util.List;
import java.util.Objects;

/**
 * The gateway's end of the bus: finds workers and calls them. A worker that does not answer for 3.5 s is lost: its
 * streams and calls end with {@link FailureKind#UNAVAILABLE}, and it leaves the list 10 s later unless it answers
 * again. The workers' sinks are called, and their stages complete, on the Vert.x context that started the call.
 */
public final class WorkerClients implements WorkerDirectory {
    private final Vertx vertx;
    private final GatewayVerticle verticle;
    private final String deploymentId;

    private WorkerClients(Vertx vertx, GatewayVerticle verticle, String deploymentId) {
        this.vertx = vertx;
        this.verticle = verticle;
        this.deploymentId = deploymentId;
    }

    /**
     * Starts to look for workers. Completes when it listens, before the first worker is found.
     *
     * @param vertx local or clustered
     */
    public static Future<WorkerClients> start(Vertx vertx) {
        return start(vertx, Liveness.DEFAULT);
    }

    static Future<WorkerClients> start(Vertx vertx, Liveness liveness) {
        var verticle = new GatewayVerticle(vertx, liveness);
        return vertx.deployVerticle(verticle).map(id -> new WorkerClients(vertx, verticle, id));
    }

    @Override
    public List<ConnectedWorker> workers() {
        return verticle.workers();
    }

    @Override
    public void onChange(Runnable listener) {
        verticle.onChange(Objects.requireNonNull(listener, "listener"));
    }

    /** Takes the word of the cluster that a node died: its workers are lost at once and do not come back. */
    public void nodeLeft(String nodeId) {
        verticle.nodeLeft(Objects.requireNonNull(nodeId, "nodeId"));
    }

    /** Ends every stream and call with UNAVAILABLE and leaves the bus. */
    public Future<Void> close() {
        return vertx.deploymentIDs().contains(deploymentId) ? vertx.undeploy(deploymentId) : Future.succeededFuture();
    }

    /** Number of streams and calls that have not ended. */
    int inFlight() {
        return verticle.gateway().inFlight().size();
    }
}
