package dev.quantgate.gateway.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.quantgate.gateway.testing.FakeDirectory;
import dev.quantgate.gateway.testing.FakeWorker;
import dev.quantgate.gateway.testing.RawHttp;
import dev.quantgate.gateway.testing.Records;
import dev.quantgate.gateway.testing.Rpc;
import dev.quantgate.gateway.testing.TestGateway;
import dev.quantgate.v1.InferenceServiceGrpc;
import dev.quantgate.v1.ListModelsRequest;
import dev.quantgate.v1.ModelServiceGrpc;
import dev.quantgate.v1.TokenizeRequest;
import io.grpc.Metadata;
import io.grpc.Status;
import io.grpc.health.v1.HealthCheckRequest;
import io.grpc.health.v1.HealthCheckResponse.ServingStatus;
import io.grpc.health.v1.HealthGrpc;
import io.grpc.reflection.v1.ServerReflectionGrpc;
import io.grpc.reflection.v1.ServerReflectionRequest;
import io.grpc.reflection.v1.ServerReflectionResponse;
import io.grpc.stub.MetadataUtils;
import io.grpc.stub.StreamObserver;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpVersion;
import io.vertx.core.json.JsonObject;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A gateway that wants API keys. */
final class AccessTest {
    private static final String KEY = "correct-horse-battery";

    private final FakeWorker worker = new FakeWorker("w1").with(Records.model("smol"), "smol:source");
    private final TestGateway gateway =
            TestGateway.over(new FakeDirectory(worker), Map.of("server.api_keys", "another-key-of-theirs, " + KEY));
    private final RawHttp http = new RawHttp(gateway.port(), HttpVersion.HTTP_1_1);

    @AfterEach
    void close() {
        http.close();
        gateway.close();
    }

    private ModelServiceGrpc.ModelServiceBlockingStub models(String authorization) {
        var headers = new Metadata();
        headers.put(Metadata.Key.of("authorization", Metadata.ASCII_STRING_MARSHALLER), authorization);
        return ModelServiceGrpc.newBlockingStub(gateway.channel())
                .withDeadlineAfter(20, TimeUnit.SECONDS)
                .withInterceptors(MetadataUtils.newAttachHeadersInterceptor(headers));
    }

    private RawHttp.Reply get(String path, String authorization) {
        return http.send(HttpMethod.GET, path, Map.of("authorization", authorization), Buffer.buffer());
    }

    @Test
    void aCallWithAKeyIsServed() {
        var listed = models("Bearer " + KEY).listModels(ListModelsRequest.getDefaultInstance());

        assertThat(listed.getModelsList()).hasSize(1);
        assertThat(get("/v1/models", "Bearer " + KEY).status()).isEqualTo(200);
        assertThat(get("/models/active", "bearer " + KEY).status()).isEqualTo(200);
        assertThat(get("/metrics", "Bearer " + KEY).status()).isEqualTo(200);
    }

    @Test
    void aCallWithoutAKeyIsUnauthenticated() throws Exception {
        var request = TokenizeRequest.newBuilder().setModel("smol").setText("a").build();

        var failure = catchThrowable(() -> InferenceServiceGrpc.newBlockingStub(gateway.channel())
                .withDeadlineAfter(20, TimeUnit.SECONDS)
                .tokenize(request));

        assertThat(Rpc.code(failure)).isEqualTo(Status.Code.UNAUTHENTICATED);
        assertThat(Rpc.reason(failure)).isEqualTo("API_KEY_MISSING");
        assertThat(worker.calls).isEmpty();
    }

    @Test
    void aCallWithAWrongKeyIsUnauthenticatedAndNotShownItsKey() throws Exception {
        var failure = catchThrowable(
                () -> models("Bearer wrong-horse-battery").listModels(ListModelsRequest.getDefaultInstance()));

        assertThat(Rpc.code(failure)).isEqualTo(Status.Code.UNAUTHENTICATED);
        assertThat(Rpc.reason(failure)).isEqualTo("API_KEY_INVALID");
        assertThat(Rpc.details(failure).toString()).doesNotContain("wrong-horse");
    }

    @Test
    void aStrangerDoesNotLearnWhichMethodsExist() {
        try (var raw = new RawHttp(gateway.port(), HttpVersion.HTTP_2)) {
            var reply = raw.grpc("/quantgate.v1.InferenceService/Fly", Map.of(), false, new byte[0]);

            assertThat(reply.trailer("grpc-status")).isEqualTo("16");
        }
    }

    @Test
    void reflectionNeedsAKey() {
        var ended = new CompletableFuture<ServerReflectionResponse>();
        var requests = ServerReflectionGrpc.newStub(gateway.channel())
                .withDeadlineAfter(20, TimeUnit.SECONDS)
                .serverReflectionInfo(new StreamObserver<ServerReflectionResponse>() {
                    @Override
                    public void onNext(ServerReflectionResponse response) {
                        ended.complete(response);
                    }

                    @Override
                    public void onError(Throwable failure) {
                        ended.completeExceptionally(failure);
                    }

                    @Override
                    public void onCompleted() {
                        ended.cancel(false);
                    }
                });
        requests.onNext(
                ServerReflectionRequest.newBuilder().setListServices("*").build());

        var failure = catchThrowable(ended::join);

        assertThat(Rpc.code(Objects.requireNonNull(failure.getCause(), "cause")))
                .isEqualTo(Status.Code.UNAUTHENTICATED);
    }

    @Test
    void probesNeedNone() {
        var status = HealthGrpc.newBlockingStub(gateway.channel())
                .withDeadlineAfter(20, TimeUnit.SECONDS)
                .check(HealthCheckRequest.getDefaultInstance());

        assertThat(status.getStatus()).isEqualTo(ServingStatus.SERVING);
        assertThat(http.get("/healthz").status()).isEqualTo(200);
        assertThat(http.get("/readyz").status()).isEqualTo(200);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "/models/active",
                "/metrics",
                "/nowhere",
                "/healthz/..",
                "/healthz/../metrics",
                "//metrics",
                "/healthz/"
            })
    void otherPathsAreRefusedInTheirShape(String path) {
        var reply = http.get(path);

        assertThat(reply.status()).isEqualTo(401);
        assertThat(reply.headers().get("www-authenticate")).isEqualTo("Bearer realm=\"quantgate\"");
        assertThat(reply.body())
                .isEqualTo("{\"status\":\"error\",\"message\":\"no valid API key (expected: the header authorization: "
                        + "Bearer KEY)\"}");
    }

    @Test
    void openAiPathsAreRefusedInOpenAisShape() {
        var reply = get("/v1/models", "Bearer wrong-horse-battery");

        assertThat(reply.status()).isEqualTo(401);
        assertThat(reply.headers().get("www-authenticate"))
                .isEqualTo("Bearer realm=\"quantgate\", error=\"invalid_token\"");
        var error = new JsonObject(reply.body()).getJsonObject("error");
        assertThat(error.getString("type")).isEqualTo("authentication_error");
        assertThat(error.getString("code")).isEqualTo("invalid_api_key");
    }

    @Test
    void aRefusedBodyIsNotRead() {
        var reply = http.post("/models/quantize", "application/json", "{\"model_type\":\"smol\"}");

        assertThat(reply.status()).isEqualTo(401);
        assertThat(worker.calls).isEmpty();
        assertThat(http.post("/v1/chat/completions", "application/json", "x".repeat(3 << 20))
                        .status())
                .isEqualTo(401);
    }
}
