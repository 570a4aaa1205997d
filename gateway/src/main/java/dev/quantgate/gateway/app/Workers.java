package dev.quantgate.gateway.app;

import dev.quantgate.gateway.config.GatewayConfig;
import dev.quantgate.worker.api.WorkerDirectory;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.time.Duration;

/** The workers of a gateway: those it has started itself, and those that are connected. */
public interface Workers {
    /** Who is connected; complete at once, long before the first worker is. */
    WorkerDirectory directory();

    /** Completes when the workers of this process run, or fails if they cannot. */
    Future<Void> started();

    /** Takes the word of the cluster that a node died. */
    void nodeLeft(String nodeId);

    /** Stops the workers of this process, with so much time for what still runs, then leaves the bus. */
    Future<Void> stop(Duration limit);

    /** Where workers come from. */
    @FunctionalInterface
    interface Source {
        /** Looks for workers and starts those of this process; does not wait for them. */
        Future<Workers> open(Vertx vertx, GatewayConfig config);
    }
}
