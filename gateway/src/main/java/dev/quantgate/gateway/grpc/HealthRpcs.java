package dev.quantgate.gateway.grpc;

import com.google.rpc.Code;
import dev.quantgate.gateway.convert.ResourceNames;
import dev.quantgate.gateway.routing.Readiness;
import dev.quantgate.worker.api.CallContext;
import dev.quantgate.worker.api.StreamHandle;
import dev.quantgate.worker.api.StreamSink;
import dev.quantgate.worker.api.WorkerException;
import io.vertx.grpc.health.v1.HealthCheckRequest;
import io.vertx.grpc.health.v1.HealthCheckResponse;
import io.vertx.grpc.health.v1.HealthCheckResponse.ServingStatus;
import io.vertx.grpc.health.v1.HealthListRequest;
import io.vertx.grpc.health.v1.HealthListResponse;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;

/**
 * {@code grpc.health.v1.Health}: the whole gateway under the empty name, each service under its own, each model under
 * {@code models/{model}} (serving while it is in memory).
 */
final class HealthRpcs {
    static final String NAME = "grpc.health.v1.Health";

    private final Readiness readiness;
    private final List<String> services;
    private final Set<HealthWatch> watches = ConcurrentHashMap.newKeySet();

    HealthRpcs(Readiness readiness, List<String> services) {
        this.readiness = readiness;
        this.services = services;
    }

    void bind(Rpcs rpcs) {
        rpcs.unary("Check", HealthCheckRequest::getDefaultInstance, (request, call) -> {
                    var status = status(request.getService());
                    if (status == ServingStatus.SERVICE_UNKNOWN) {
                        throw RefusedException.of(
                                Code.NOT_FOUND,
                                "UNKNOWN_SERVICE",
                                "unknown service (expected: empty, a service's full name, or models/{model})");
                    }
                    return CompletableFuture.completedStage(response(status));
                })
                .streaming("Watch", HealthCheckRequest::getDefaultInstance, this::watch)
                .unary("List", HealthListRequest::getDefaultInstance, (request, call) -> {
                    var response = HealthListResponse.newBuilder().putStatuses("", response(status("")));
                    services.forEach(service -> response.putStatuses(service, response(status(service))));
                    return CompletableFuture.completedStage(response.build());
                });
    }

    /** Tells the watchers what has changed. */
    void refresh() {
        watches.forEach(HealthWatch::refresh);
    }

    /** Tells the watchers that nothing is served any more, and lets them go. */
    void close() {
        watches.forEach(HealthWatch::close);
    }

    private StreamHandle watch(HealthCheckRequest request, CallContext call, StreamSink<HealthCheckResponse> sink) {
        var service = request.getService();
        var watch =
                new HealthWatch(() -> status(service), new MappedSink<>(sink, HealthRpcs::response), watches::remove);
        watches.add(watch);
        watch.refresh();
        return watch;
    }

    private ServingStatus status(String service) {
        if (service.isEmpty() || services.contains(service)) {
            return readiness.isReady() ? ServingStatus.SERVING : ServingStatus.NOT_SERVING;
        }
        if (!service.startsWith("models/")) {
            return ServingStatus.SERVICE_UNKNOWN;
        }
        try {
            return switch (readiness.ofModel(ResourceNames.parseModel(service, "service"))) {
                case SERVING -> ServingStatus.SERVING;
                case NOT_SERVING -> ServingStatus.NOT_SERVING;
                case UNKNOWN -> ServingStatus.SERVICE_UNKNOWN;
            };
        } catch (WorkerException malformed) {
            return ServingStatus.SERVICE_UNKNOWN;
        }
    }

    private static HealthCheckResponse response(ServingStatus status) {
        return HealthCheckResponse.newBuilder().setStatus(status).build();
    }
}
