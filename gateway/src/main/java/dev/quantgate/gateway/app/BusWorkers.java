package dev.quantgate.gateway.app;

import dev.quantgate.gateway.config.GatewayConfig;
import dev.quantgate.worker.api.WorkerDirectory;
import dev.quantgate.worker.api.WorkerLauncher;
import dev.quantgate.worker.bus.WorkerClients;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.time.Duration;

/** Workers on the event bus, with those of this process beside the gateway. */
final class BusWorkers implements Workers {
    private final WorkerClients clients;
    private final Future<WorkerLauncher.Running> own;

    private BusWorkers(WorkerClients clients, Future<WorkerLauncher.Running> own) {
        this.clients = clients;
        this.own = own;
    }

    /**
     * Where a gateway's workers come from. Those of this process begin to open at once, except in a cluster: joining may
     * fail, and then there is no bus to put them on.
     */
    static Source source(GatewayConfig config) {
        if (config.cluster().enabled()) {
            return (vertx, same) -> start(vertx, OwnWorkers.open(config));
        }
        var own = OwnWorkers.open(config);
        return (vertx, same) -> start(vertx, own);
    }

    private static Future<Workers> start(Vertx vertx, WorkerLauncher.Opening own) {
        return WorkerClients.start(vertx).map(clients -> new BusWorkers(clients, own.start(vertx)));
    }

    @Override
    public WorkerDirectory directory() {
        return clients;
    }

    @Override
    public Future<Void> started() {
        return own.mapEmpty();
    }

    @Override
    public void nodeLeft(String nodeId) {
        clients.nodeLeft(nodeId);
    }

    @Override
    public Future<Void> stop(Duration limit) {
        return own.otherwise(OwnWorkers.NONE)
                .compose(running -> running.stop(limit))
                .eventually(clients::close);
    }
}
