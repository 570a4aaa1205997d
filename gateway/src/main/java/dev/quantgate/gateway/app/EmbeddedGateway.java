package dev.quantgate.gateway.app;

import dev.quantgate.gateway.config.ConfigLoader;
import dev.quantgate.gateway.config.GatewayConfig;
import dev.quantgate.gateway.routing.Routing;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;

/** Starts a gateway inside this process. */
public final class EmbeddedGateway {
    private EmbeddedGateway() {}

    /**
     * Reads the configuration as {@link ConfigLoader} does, with the backends of the class path.
     *
     * @param file a YAML file, or empty for none
     * @param overrides dotted keys with values, which win over everything else
     */
    public static GatewayConfig configuration(
            Optional<Path> file, Map<String, String> environment, Map<String, String> overrides) {
        return ConfigLoader.load(file, environment, overrides, OwnWorkers.backends());
    }

    /**
     * Starts a gateway with the workers of this process and, if the cluster is enabled, those that join. Completes when
     * it listens; {@link RunningGateway#ready()} completes when it can serve. Fails with {@link GatewayStartException}
     * and leaves nothing behind if it cannot listen.
     */
    public static Future<RunningGateway> start(GatewayConfig config) {
        return start(config, ownWorkers(config));
    }

    /** The workers of the configuration, which begin to open while everything else comes up. */
    static Workers.Source ownWorkers(GatewayConfig config) {
        // Before the first logger is made.
        LoggingStart.apply(config.logging());
        return BusWorkers.source(config);
    }

    /** Like {@link #start(GatewayConfig)}, with workers from elsewhere. */
    public static Future<RunningGateway> start(GatewayConfig config, Workers.Source source) {
        LoggingStart.apply(config.logging());
        StartupLog.effective(config);
        if (!config.cluster().enabled()) {
            var vertx = VertxStart.local(config.server());
            return onVertx(vertx, config, source).map(Started::gateway);
        }
        return ClusteredGateway.start(config, source);
    }

    static Future<Started> onVertx(Vertx vertx, GatewayConfig config, Workers.Source source) {
        // Not bound to a context: when it fails, the event loops that would complete it are gone.
        Promise<Started> promise = Promise.promise();
        source.open(vertx, config)
                .compose(workers -> {
                    var routing = Routing.over(workers.directory());
                    return GatewayListener.listen(vertx, config, routing)
                            .map(listener ->
                                    new Started(new RunningGateway(vertx, config, workers, routing, listener), workers))
                            .recover(cause -> workers.stop(config.server().drainTimeout())
                                    .transform(stopped -> Future.failedFuture(cause)));
                })
                .onSuccess(started -> {
                    StartupLog.listening(config, started.gateway());
                    promise.complete(started);
                })
                .onFailure(cause -> vertx.close().onComplete(closed -> promise.fail(cause)));
        return promise.future();
    }

    /** A gateway with its workers, for whoever hears of nodes that die. */
    record Started(RunningGateway gateway, Workers workers) {}
}
