package dev.quantgate.gateway.app;

import dev.quantgate.gateway.config.ClusterConfig;
import dev.quantgate.gateway.config.GatewayConfig;
import dev.quantgate.worker.api.WorkerLauncher;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.util.List;
import java.util.regex.Pattern;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Workers in a process of their own, which serve a gateway elsewhere. Thread-safe. */
public final class WorkerProcess {
    private static final Logger LOG = LoggerFactory.getLogger(WorkerProcess.class);
    private static final Pattern ADDRESS = Pattern.compile("(\\[[0-9a-fA-F:]+]|[^:\\[\\]\\s]+):\\d{1,5}");

    private final Cluster cluster;
    private final WorkerLauncher.Running workers;
    private final GatewayConfig config;
    private final Promise<Void> orphaned = Promise.promise();

    private WorkerProcess(Cluster cluster, WorkerLauncher.Running workers, GatewayConfig config) {
        this.cluster = cluster;
        this.workers = workers;
        this.config = config;
        cluster.onNodeLeft(node -> {
            if (!cluster.hasGateway()) {
                orphaned.tryComplete();
            }
        });
    }

    /**
     * Joins a gateway's cluster and starts the workers of this process.
     *
     * @param config its {@code cluster.host} is the address to bind; its own port is any free one
     * @param address {@code host:port} of the gateway's cluster
     */
    public static Future<WorkerProcess> join(GatewayConfig config, String address) {
        if (!ADDRESS.matcher(address).matches()) {
            return Future.failedFuture(new GatewayStartException(
                    "join: " + address + " (expected: host:port)", new IllegalArgumentException(address)));
        }
        LoggingStart.apply(config.logging());
        StartupLog.effective(config);
        var host = config.cluster().host();
        return Cluster.asWorker(new ClusterConfig(true, host, 0, List.of(address)), config.server())
                .recover(cause -> Future.failedFuture(silent(address, cause)))
                .compose(cluster -> started(cluster, config, address)
                        .recover(cause -> cluster.vertx().close().transform(closed -> Future.failedFuture(cause))));
    }

    private static Future<WorkerProcess> started(Cluster cluster, GatewayConfig config, String address) {
        if (!cluster.hasGateway()) {
            return Future.failedFuture(silent(address, new IllegalStateException("no data member")));
        }
        return OwnWorkers.open(config)
                .start(cluster.vertx())
                .map(workers -> new WorkerProcess(cluster, workers, config))
                .onSuccess(
                        process -> LOG.atInfo().addKeyValue("gateway", address).log("Workers have joined"));
    }

    private static GatewayStartException silent(String address, Throwable cause) {
        return new GatewayStartException(
                "join: " + address + " does not answer (expected: a gateway with cluster.enabled: true)", cause);
    }

    /** Completes when the last gateway has left, after which the process is of no use. */
    public Future<Void> orphaned() {
        return orphaned.future();
    }

    /** Takes nothing new, waits for running requests as long as {@code server.drain_timeout} allows, and leaves. */
    public Future<Void> close() {
        return workers.stop(config.server().drainTimeout())
                .eventually(() -> cluster.vertx().close());
    }
}
