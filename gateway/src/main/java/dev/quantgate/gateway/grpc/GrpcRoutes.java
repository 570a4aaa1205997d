package dev.quantgate.gateway.grpc;

import dev.quantgate.gateway.routing.Routing;
import dev.quantgate.gateway.security.ApiKeys;
import io.vertx.core.Vertx;
import io.vertx.grpc.server.GrpcProtocol;
import io.vertx.grpc.server.GrpcServer;
import io.vertx.grpc.server.GrpcServerOptions;

/** Every gRPC service of the gateway, ready to be mounted on an HTTP server. */
public final class GrpcRoutes {
    private final Routing routing;
    private final CallSettings settings;
    private final ServedServices served = new ServedServices();
    private final HealthRpcs health;

    /**
     * Makes the services.
     *
     * @param routing what they work with
     * @param keys what callers must show, except for health, which probes ask that hold no secrets
     * @param maxMessageBytes most bytes of one request message, compressed or not
     */
    public GrpcRoutes(Routing routing, ApiKeys keys, int maxMessageBytes) {
        this.routing = routing;
        this.settings = new CallSettings(routing.admission(), keys, maxMessageBytes);
        this.health = new HealthRpcs(routing.readiness(), ServedServices.OWN);
        routing.directory().onChange(health::refresh);
        routing.admission().onDrain(health::close);
    }

    /** Makes a server with all services for one event loop. */
    public GrpcServer newServer(Vertx vertx) {
        var options = new GrpcServerOptions()
                .setMaxMessageSize(settings.maxMessageBytes())
                .setScheduleDeadlineAutomatically(true)
                .setDeadlinePropagation(true);
        // Only what is tested is offered: gRPC-Web and transcoding are not.
        options.removeEnabledProtocol(GrpcProtocol.WEB)
                .removeEnabledProtocol(GrpcProtocol.WEB_TEXT)
                .removeEnabledProtocol(GrpcProtocol.TRANSCODING);
        var server = GrpcServer.server(vertx, options);
        server.callHandler(request -> UnknownMethod.refuse(request, settings.keys()));
        InferenceRpcs.bind(rpcs(server, InferenceRpcs.NAME), routing.inference());
        new ModelRpcs(routing.catalogue(), routing.operations()).bind(rpcs(server, ModelRpcs.NAME));
        var operationRpcs = new OperationRpcs(routing.operations());
        operationRpcs.bind(rpcs(server, OperationRpcs.NAME));
        operationRpcs.bindWatch(rpcs(server, OperationRpcs.WATCH_NAME));
        WorkerRpcs.bind(rpcs(server, WorkerRpcs.NAME), routing.router());
        health.bind(new Rpcs(server, HealthRpcs.NAME, settings.open()));
        var reflection = new ReflectionRpcs(served);
        reflection.bind(server, ServedServices.REFLECTION, settings);
        reflection.bind(server, ServedServices.REFLECTION_ALPHA, settings);
        return server;
    }

    private Rpcs rpcs(GrpcServer server, String service) {
        return new Rpcs(server, service, settings);
    }
}
