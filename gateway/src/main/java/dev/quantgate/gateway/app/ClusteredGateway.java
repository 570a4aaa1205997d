package dev.quantgate.gateway.app;

import dev.quantgate.gateway.config.GatewayConfig;
import io.vertx.core.Future;

/** A gateway that worker processes can join. The only class through which an unclustered gateway avoids Hazelcast. */
final class ClusteredGateway {
    private ClusteredGateway() {}

    static Future<RunningGateway> start(GatewayConfig config, Workers.Source source) {
        return Cluster.asGateway(config.cluster(), config.server())
                .compose(cluster -> EmbeddedGateway.onVertx(cluster.vertx(), config, source)
                        .onSuccess(started -> {
                            cluster.onNodeLeft(started.workers()::nodeLeft);
                            StartupLog.clustered(config, cluster.port());
                        }))
                .map(EmbeddedGateway.Started::gateway);
    }
}
