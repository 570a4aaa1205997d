package dev.quantgate.gateway.app;

import dev.quantgate.gateway.config.GatewayConfig;
import dev.quantgate.gateway.grpc.GrpcRoutes;
import dev.quantgate.gateway.http.ActiveModelsRoute;
import dev.quantgate.gateway.http.HttpCalls;
import dev.quantgate.gateway.http.HttpRoutes;
import dev.quantgate.gateway.http.ProbeRoutes;
import dev.quantgate.gateway.http.QuantizeRoute;
import dev.quantgate.gateway.http.metrics.MetricsRoute;
import dev.quantgate.gateway.http.openai.OpenAiRoutes;
import dev.quantgate.gateway.routing.Routing;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.net.BindException;
import java.util.ArrayList;
import java.util.List;

/** The port with all its event loops. */
final class GatewayListener {
    /** Lets several event loops share a port that the system picks. */
    private static final int SHARED_FREE_PORT = -1;

    private final List<PortVerticle> loops;

    private GatewayListener(List<PortVerticle> loops) {
        this.loops = loops;
    }

    static Future<GatewayListener> listen(Vertx vertx, GatewayConfig config, Routing routing) {
        var messageBytes = Math.toIntExact(config.limits().messageBytes());
        var keys = config.server().apiKeys();
        var grpc = new GrpcRoutes(routing, keys, messageBytes);
        var calls =
                new HttpCalls(routing.admission(), messageBytes, config.server().bodyTimeout());
        var http = new HttpRoutes(
                keys,
                List.of(
                        new ProbeRoutes(routing.readiness()),
                        new ActiveModelsRoute(calls, routing.router(), routing.catalogue()),
                        new QuantizeRoute(calls, routing.catalogue(), routing.operations()),
                        new OpenAiRoutes(calls, routing),
                        new MetricsRoute(routing)));
        var server = config.server();
        var port = server.port() == 0 && server.eventLoops() > 1 ? SHARED_FREE_PORT : server.port();
        var loops = new ArrayList<PortVerticle>();
        var deployed = new ArrayList<Future<String>>();
        for (int i = 0; i < server.eventLoops(); i++) {
            var loop = new PortVerticle(config, port, grpc, http);
            loops.add(loop);
            deployed.add(vertx.deployVerticle(loop));
        }
        return Future.all(deployed)
                .map(new GatewayListener(loops))
                .recover(cause -> Future.failedFuture(explained(config, cause)));
    }

    int port() {
        return loops.get(0).actualPort();
    }

    /** Accepts nothing more; completes when every connection is closed, which the limit enforces. */
    Future<Void> shutdown(long limitMillis) {
        return Future.join(
                        loops.stream().map(loop -> loop.shutdown(limitMillis)).toList())
                .mapEmpty();
    }

    private static Throwable explained(GatewayConfig config, Throwable cause) {
        var server = config.server();
        return cause instanceof BindException
                ? new GatewayStartException(
                        "server.port: " + server.host() + ":" + server.port() + " cannot be bound, "
                                + cause.getMessage() + " (expected: a free port on an address of this host)",
                        cause)
                : cause;
    }
}
