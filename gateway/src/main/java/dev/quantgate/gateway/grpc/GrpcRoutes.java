package dev.quantgate.gateway.grpc;

import dev.quantgate.gateway.routing.Admission;
import dev.quantgate.gateway.routing.Catalogue;
import dev.quantgate.gateway.routing.Inference;
import dev.quantgate.gateway.routing.Operations;
import dev.quantgate.gateway.routing.Readiness;
import dev.quantgate.gateway.routing.WorkerRouter;
import dev.quantgate.worker.api.WorkerDirectory;
import io.vertx.core.Vertx;
import io.vertx.grpc.server.GrpcProtocol;
import io.vertx.grpc.server.GrpcServer;
import io.vertx.grpc.server.GrpcServerOptions;

/** Every gRPC service of the gateway, ready to be mounted on an HTTP server. */
public final class GrpcRoutes {
    private final WorkerRouter router;
    private final Catalogue catalogue;
    private final Operations operations;
    private final Inference inference;
    private final CallSettings settings;
    private final ServedServices served = new ServedServices();
    private final HealthRpcs health;

    /**
     * Makes the services.
     *
     * @param directory the workers to serve from
     * @param admission counts the calls and refuses new ones while the gateway drains
     * @param maxMessageBytes most bytes of one request message, compressed or not
     */
    public GrpcRoutes(WorkerDirectory directory, Admission admission, int maxMessageBytes) {
        this.router = new WorkerRouter(directory);
        this.catalogue = new Catalogue(router);
        this.operations = new Operations(router, catalogue);
        this.inference = new Inference(router);
        this.settings = new CallSettings(admission, maxMessageBytes);
        this.health = new HealthRpcs(new Readiness(router, admission), ServedServices.OWN);
        directory.onChange(health::refresh);
        admission.onDrain(health::refresh);
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
        server.callHandler(UnknownMethod::refuse);
        InferenceRpcs.bind(rpcs(server, InferenceRpcs.NAME), inference);
        new ModelRpcs(catalogue, operations).bind(rpcs(server, ModelRpcs.NAME));
        var operationRpcs = new OperationRpcs(operations);
        operationRpcs.bind(rpcs(server, OperationRpcs.NAME));
        operationRpcs.bindWatch(rpcs(server, OperationRpcs.WATCH_NAME));
        WorkerRpcs.bind(rpcs(server, WorkerRpcs.NAME), router);
        health.bind(rpcs(server, HealthRpcs.NAME));
        var reflection = new ReflectionRpcs(served);
        reflection.bind(server, ServedServices.REFLECTION, settings);
        reflection.bind(server, ServedServices.REFLECTION_ALPHA, settings);
        return server;
    }

    private Rpcs rpcs(GrpcServer server, String service) {
        return new Rpcs(server, service, settings);
    }
}
