package dev.quantgate.gateway.grpc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.quantgate.gateway.testing.Eventually;
import dev.quantgate.gateway.testing.FakeDirectory;
import dev.quantgate.gateway.testing.FakeWorker;
import dev.quantgate.gateway.testing.RawHttp;
import dev.quantgate.gateway.testing.Records;
import dev.quantgate.gateway.testing.Rpc;
import dev.quantgate.gateway.testing.TestGateway;
import io.grpc.CallOptions;
import io.grpc.MethodDescriptor;
import io.grpc.Status;
import io.grpc.stub.ClientCalls;
import io.vertx.core.http.HttpVersion;
import io.vertx.grpc.health.v1.HealthCheckRequest;
import io.vertx.grpc.health.v1.HealthCheckResponse;
import io.vertx.grpc.health.v1.HealthCheckResponse.ServingStatus;
import io.vertx.grpc.health.v1.HealthListRequest;
import io.vertx.grpc.health.v1.HealthListResponse;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

final class HealthTest {
    private final FakeWorker worker =
            new FakeWorker("w1").with(Records.model("smol"), "smol:source").with(Records.model("cold"));
    private final FakeDirectory directory = new FakeDirectory(worker);
    private final TestGateway gateway = TestGateway.over(directory);

    @AfterEach
    void close() {
        gateway.close();
    }

    private ServingStatus check(String service) {
        return Rpc.unary(
                        gateway.channel(),
                        "grpc.health.v1.Health/Check",
                        HealthCheckRequest.newBuilder().setService(service).build(),
                        HealthCheckResponse.getDefaultInstance())
                .getStatus();
    }

    @Test
    void servesOverallByServiceAndByModel() {
        assertThat(check("")).isEqualTo(ServingStatus.SERVING);
        assertThat(check("quantgate.v1.InferenceService")).isEqualTo(ServingStatus.SERVING);
        assertThat(check("models/smol")).isEqualTo(ServingStatus.SERVING);
        assertThat(check("models/smol/variants/Q8_0")).isEqualTo(ServingStatus.NOT_SERVING);
        assertThat(check("models/cold")).isEqualTo(ServingStatus.NOT_SERVING);
    }

    @Test
    void anUnknownServiceIsNotFound() {
        for (var service : List.of("nothing", "models/nobody", "models/../x")) {
            assertThat(Rpc.code(catchThrowable(() -> check(service)))).isEqualTo(Status.Code.NOT_FOUND);
        }
    }

    @Test
    void withoutWorkersNothingServes() {
        directory.lose(worker);

        assertThat(check("")).isEqualTo(ServingStatus.NOT_SERVING);
    }

    @Test
    void listsEveryService() {
        var statuses = Rpc.unary(
                        gateway.channel(),
                        "grpc.health.v1.Health/List",
                        HealthListRequest.getDefaultInstance(),
                        HealthListResponse.getDefaultInstance())
                .getStatusesMap();

        assertThat(statuses).hasSize(6).containsKeys("", "quantgate.v1.ModelService", "google.longrunning.Operations");
    }

    @Test
    void aWatcherHearsEachChangeOnceAndIsLetGoAtTheEnd() {
        var heard = new CopyOnWriteArrayList<ServingStatus>();
        var method = Rpc.method(
                MethodDescriptor.MethodType.SERVER_STREAMING,
                "grpc.health.v1.Health/Watch",
                HealthCheckRequest.getDefaultInstance(),
                HealthCheckResponse.getDefaultInstance());
        var watching = CompletableFuture.runAsync(() -> ClientCalls.blockingServerStreamingCall(
                        gateway.channel(), method, CallOptions.DEFAULT, HealthCheckRequest.getDefaultInstance())
                .forEachRemaining(response -> heard.add(response.getStatus())));
        Eventually.assertTrue("the first status", () -> heard.size() == 1);

        directory.changed();
        directory.lose(worker);
        Eventually.assertTrue("the second status", () -> heard.size() == 2);
        TestGateway.await(gateway.gateway().close());

        watching.orTimeout(20, TimeUnit.SECONDS).join();
        assertThat(heard).containsExactly(ServingStatus.SERVING, ServingStatus.NOT_SERVING);
    }

    @Test
    void probesAnswerOverHttp() {
        try (var http = new RawHttp(gateway.port(), HttpVersion.HTTP_1_1)) {
            assertThat(http.get("/healthz").body()).isEqualTo("{\"status\":\"ok\"}");
            assertThat(http.get("/readyz").status()).isEqualTo(200);

            directory.remove(worker);

            assertThat(http.get("/readyz").status()).isEqualTo(503);
            assertThat(http.get("/healthz").status()).isEqualTo(200);
        }
    }
}
