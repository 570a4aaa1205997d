package dev.quantgate.gateway.app;

import dev.quantgate.gateway.config.GatewayConfig;
import dev.quantgate.gateway.grpc.GrpcRoutes;
import dev.quantgate.gateway.http.HttpRoutes;
import io.vertx.core.Future;
import io.vertx.core.VerticleBase;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.ext.web.Router;
import io.vertx.grpc.common.GrpcHeaderNames;
import io.vertx.grpc.server.GrpcServer;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** One event loop's share of the port: gRPC by content type, HTTP for the rest. */
final class PortVerticle extends VerticleBase {
    private final GatewayConfig config;
    private final int port;
    private final GrpcRoutes grpcRoutes;
    private final HttpRoutes httpRoutes;
    private @Nullable HttpServer server;

    PortVerticle(GatewayConfig config, int port, GrpcRoutes grpcRoutes, HttpRoutes httpRoutes) {
        this.config = config;
        this.port = port;
        this.grpcRoutes = grpcRoutes;
        this.httpRoutes = httpRoutes;
    }

    @Override
    public Future<?> start() {
        var grpc = grpcRoutes.newServer(vertx);
        var http = httpRoutes.newRouter(vertx);
        var listening = vertx.createHttpServer(PortOptions.of(config, port))
                .requestHandler(request -> dispatch(request, grpc, http));
        server = listening;
        return listening.listen();
    }

    /** The port it listens on. */
    int actualPort() {
        return Objects.requireNonNull(server, "server").actualPort();
    }

    /** Accepts nothing more; closes each connection when its calls have ended, at last after the limit. */
    Future<Void> shutdown(long limitMillis) {
        return Objects.requireNonNull(server, "server").shutdown(limitMillis, TimeUnit.MILLISECONDS);
    }

    private static void dispatch(HttpServerRequest request, GrpcServer grpc, Router http) {
        var type = request.getHeader(HttpHeaders.CONTENT_TYPE);
        if (type != null && type.startsWith("application/grpc")) {
            // A message marked as compressed without this header would leave the call hanging in the server's deframer.
            if (!request.headers().contains(GrpcHeaderNames.GRPC_ENCODING)) {
                request.headers().set(GrpcHeaderNames.GRPC_ENCODING, "identity");
            }
            grpc.handle(request);
        } else {
            http.handle(request);
        }
    }
}
