package dev.quantgate.gateway.http;

import static org.assertj.core.api.Assertions.assertThat;

import dev.quantgate.gateway.testing.Eventually;
import dev.quantgate.gateway.testing.FakeDirectory;
import dev.quantgate.gateway.testing.FakeOperation;
import dev.quantgate.gateway.testing.FakeWorker;
import dev.quantgate.gateway.testing.RawHttp;
import dev.quantgate.gateway.testing.Records;
import dev.quantgate.gateway.testing.TestGateway;
import dev.quantgate.worker.api.FailureKind;
import dev.quantgate.worker.api.OperationRecord;
import dev.quantgate.worker.api.OperationState;
import dev.quantgate.worker.api.QuantizeRequest;
import dev.quantgate.worker.api.WorkerFailure;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpVersion;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** POST /models/quantize, to the byte. */
final class HttpContractTest {
    private static final String JSON = "application/json; charset=utf-8";
    private static final String PATH = "/models/quantize";

    private final FakeWorker worker =
            new FakeWorker("w1").with(Records.model("smol")).with(Records.model("enc", "roberta"));
    private final TestGateway gateway = TestGateway.over(new FakeDirectory(worker));
    private final RawHttp http = new RawHttp(gateway.port(), HttpVersion.HTTP_1_1);

    @AfterEach
    void close() {
        http.close();
        gateway.close();
    }

    private void starts(OperationRecord record) {
        worker.quantizer = request -> {
            worker.operations.computeIfAbsent(record.id(), id -> new FakeOperation(record));
            return CompletableFuture.completedStage(record);
        };
    }

    private RawHttp.Reply quantize(String body) {
        return http.post(PATH, JSON, body);
    }

    private CompletableFuture<RawHttp.Reply> quantizing(String body) {
        return CompletableFuture.supplyAsync(() -> quantize(body));
    }

    @Test
    void aQuantisationAnswersWhenItIsDone() {
        starts(Records.operation("op1", OperationState.RUNNING));
        var reply = quantizing("{\"model_type\": \"smol\"}");
        Eventually.assertTrue("somebody watches", () -> watched("op1"));
        assertThat(reply).isNotDone();

        operation().move(Records.operation("op1", OperationState.SUCCEEDED));

        assertThat(reply.join().status()).isEqualTo(200);
        assertThat(reply.join().body())
                .isEqualTo(
                        "{\"status\":\"success\",\"message\":\"Successfully quantized smol model\",\"is_quantized\":true}");
        assertThat(reply.join().headers().get("content-type")).isEqualTo("application/json; charset=utf-8");
        assertThat((QuantizeRequest) worker.calls.get(1))
                .satisfies(request -> assertThat(request.setDefault()).isTrue())
                .satisfies(request -> assertThat(request.type()).isEmpty());
    }

    @Test
    void aCallThatJoinsARunningQuantisationSaysThatItIsQuantizedAlready() {
        starts(Records.operation("op1", OperationState.RUNNING, 2, false));
        var reply = quantizing("{\"model_type\":\"smol\"}");
        Eventually.assertTrue("somebody watches", () -> watched("op1"));

        operation().move(Records.operation("op1", OperationState.SUCCEEDED, 2, false));

        assertThat(reply.join().body())
                .isEqualTo(
                        "{\"status\":\"success\",\"message\":\"Model smol is already quantized\",\"already_quantized\":true}");
    }

    @Test
    void anExistingVariantSaysThatItIsQuantizedAlready() {
        starts(Records.operation("op1", OperationState.SUCCEEDED, 1, true));

        var reply = quantize("{\"model_type\":\"smol\"}");

        assertThat(reply.status()).isEqualTo(200);
        assertThat(reply.body())
                .isEqualTo(
                        "{\"status\":\"success\",\"message\":\"Model smol is already quantized\",\"already_quantized\":true}");
    }

    @Test
    void aTypeFindsTheOnlyModelOfThatType() {
        starts(Records.operation("op1", OperationState.SUCCEEDED));

        var reply =
                quantize("{\"model_type\":\"roberta\",\"quantization\":\"dynamic_int8\",\"allow_requantize\":true}");

        assertThat(reply.body())
                .isEqualTo(
                        "{\"status\":\"success\",\"message\":\"Successfully quantized roberta model\",\"is_quantized\":true}");
        var request = (QuantizeRequest) worker.calls.get(1);
        assertThat(request.model()).isEqualTo("enc");
        assertThat(request.type()).isEqualTo("dynamic_int8");
        assertThat(request.allowRequantize()).isTrue();
    }

    @Test
    void aTypeThatSeveralModelsHaveNamesNone() {
        worker.with(Records.model("enc2", "roberta"));

        assertThat(quantize("{\"model_type\":\"roberta\"}").status()).isEqualTo(404);
    }

    @ParameterizedTest
    @ValueSource(strings = {"nobody", "../etc", "A B"})
    void anUnknownModelIsNotFound(String model) {
        var reply = quantize("{\"model_type\":\"" + model + "\"}");

        assertThat(reply.status()).isEqualTo(404);
        assertThat(reply.body())
                .isEqualTo("{\"status\":\"error\",\"message\":\"Model " + model
                        + " not found or not supported for quantization\"}");
    }

    @Test
    void anUnsupportedModelIsNotFound() {
        worker.quantizer = request -> FakeWorker.failed(FakeWorker.unsupported());

        assertThat(quantize("{\"model_type\":\"smol\"}").body())
                .isEqualTo(
                        "{\"status\":\"error\",\"message\":\"Model smol not found or not supported for quantization\"}");
    }

    @Test
    void aFailedQuantisationSaysWhy() {
        starts(Records.operation("op1", OperationState.FAILED));

        var reply = quantize("{\"model_type\":\"smol\"}");

        assertThat(reply.status()).isEqualTo(500);
        assertThat(reply.body())
                .isEqualTo("{\"status\":\"error\",\"message\":\"Error during quantization: no room for 5 bytes\"}");
    }

    @Test
    void aBugKeepsItsWordsToItself() {
        worker.quantizer = request -> CompletableFuture.failedStage(new IllegalStateException("secret"));

        assertThat(quantize("{\"model_type\":\"smol\"}").body())
                .isEqualTo("{\"status\":\"error\",\"message\":\"Error during quantization: internal error\"}");
    }

    @Test
    void aWrongTypeIsTheClientsFault() {
        worker.quantizer =
                request -> FakeWorker.failed(WorkerFailure.invalid("quantization_type", "Q99 (expected: one of Q8_0)"));

        var reply = quantize("{\"model_type\":\"smol\",\"quantization\":\"Q99\"}");

        assertThat(reply.status()).isEqualTo(400);
        assertThat(reply.body())
                .isEqualTo("{\"status\":\"error\",\"message\":\"quantization: Q99 (expected: one of Q8_0)\"}");
    }

    @Test
    void aLostWorkerIsReplacedByAnotherOfTheSameStore() {
        starts(Records.operation("op1", OperationState.RUNNING));
        var reply = quantizing("{\"model_type\":\"smol\"}");
        Eventually.assertTrue("somebody watches", () -> watched("op1"));

        operation().loseWatchers();
        Eventually.assertTrue("somebody watches again", () -> watched("op1"));
        operation().move(Records.operation("op1", OperationState.SUCCEEDED));

        assertThat(reply.join().status()).isEqualTo(200);
    }

    @Test
    void aClientThatHangsUpStopsNothing() throws IOException {
        starts(Records.operation("op1", OperationState.RUNNING));
        var body = "{\"model_type\":\"smol\"}";
        try (var socket = new Socket(InetAddress.getLoopbackAddress(), gateway.port())) {
            socket.getOutputStream()
                    .write(("POST " + PATH
                                    + " HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\nContent-Length: "
                                    + body.length() + "\r\n\r\n" + body)
                            .getBytes(StandardCharsets.US_ASCII));
            Eventually.assertTrue("somebody watches", () -> watched("op1"));
        }
        Eventually.assertTrue("the call has left", () -> gateway.gateway().runningCalls() == 0);

        assertThat(watched("op1")).isTrue();
        assertThat(worker.calls).doesNotContain("cancel op1");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "                                       | body: not an object",
                "[]                                     | body: not an object",
                "{\"model_type\":\"smol\"} x            | body: ",
                "{\"model_type\":\"smol\"                | body: ends too early at line 1, column ",
                "{'model_type':'smol'}                  | body: malformed JSON at line 1, column 2",
                "{\"model_type\":NaN}                   | body: malformed JSON at line 1, column ",
                "{\"model_type\":1}                     | model_type: wrong type (expected: a string)",
                "{\"model_type\":null}                  | model_type: wrong type (expected: a string)",
                "{\"model_type\":\"\"}                  | model_type: 0 characters",
                "{}                                     | model_type: missing (expected: the name of a model)",
                "{\"model_type\":\"smol\",\"x\":1}      | x: unknown field (expected: only allow_requantize, model_type, quantization)",
                "{\"model_type\":\"a\",\"model_type\":\"b\"} | body: Duplicate field 'model_type'",
                "{\"model_type\":\"smol\",\"allow_requantize\":\"yes\"} | allow_requantize: wrong type (expected: true or false)",
            })
    void aMalformedBodyIsRefused(String body, String message) {
        var reply = quantize(body == null ? "" : body);

        assertThat(reply.status()).isEqualTo(400);
        assertThat(reply.body()).startsWith("{\"status\":\"error\",\"message\":\"" + message);
        assertThat(worker.calls).isEmpty();
    }

    @Test
    void aRefusedMethodNamesThoseOfThePath() {
        assertThat(http.get(PATH).headers().get("allow")).isEqualTo("POST");
        assertThat(http.post("/healthz", JSON, "").headers().get("allow")).isEqualTo("GET, HEAD");
    }

    @Test
    void aProbeMayAskForTheStatusAlone() {
        var reply = http.send(HttpMethod.HEAD, "/readyz", Map.of(), Buffer.buffer());

        assertThat(reply.status()).isEqualTo(200);
        assertThat(reply.body()).isEmpty();
    }

    @Test
    void aDeepBodyIsRefused() {
        var reply = quantize("{\"model_type\":" + "[".repeat(100_000));

        assertThat(reply.status()).isEqualTo(400);
        assertThat(reply.body()).contains("body: beyond the parser's limits (at most 64 levels)");
    }

    @Test
    void invalidUtf8IsRefused() {
        var body = Buffer.buffer("{\"model_type\":\"").appendByte((byte) 0xc3).appendString("\"}");

        var reply = http.send(HttpMethod.POST, PATH, Map.of("content-type", JSON), body);

        assertThat(reply.status()).isEqualTo(400);
        assertThat(reply.body())
                .isEqualTo(
                        "{\"status\":\"error\",\"message\":\"body: not valid UTF-8 (expected: one JSON object in UTF-8)\"}");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"application/json", "application/json;charset=UTF-8", "Application/JSON; charset=\"utf-8\""})
    void jsonWithOrWithoutCharsetIsAccepted(String type) {
        starts(Records.operation("op1", OperationState.SUCCEEDED));

        assertThat(http.post(PATH, type, "{\"model_type\":\"smol\"}").status()).isEqualTo(200);
    }

    @ParameterizedTest
    @ValueSource(strings = {"text/plain", "application/json; charset=latin1", "application/x-www-form-urlencoded"})
    void otherMediaTypesAreRefused(String type) {
        var reply = http.post(PATH, type, "{\"model_type\":\"smol\"}");

        assertThat(reply.status()).isEqualTo(415);
        assertThat(reply.body())
                .isEqualTo(
                        "{\"status\":\"error\",\"message\":\"unsupported media type (expected: application/json; charset=utf-8)\"}");
    }

    @Test
    void aBodyOverTheLimitIsRefused() {
        var reply = quantize("{\"model_type\":\"" + "x".repeat(5 << 20) + "\"}");

        assertThat(reply.status()).isEqualTo(413);
        assertThat(reply.body()).isEqualTo("{\"status\":\"error\",\"message\":\"the body is too large\"}");
    }

    @Test
    void unknownPathsAndMethodsAnswerInJson() {
        assertThat(http.get("/nowhere").body())
                .isEqualTo("{\"status\":\"error\",\"message\":\"no such path: /nowhere\"}");
        var reply = http.get(PATH);
        assertThat(reply.status()).isEqualTo(405);
        assertThat(reply.body()).isEqualTo("{\"status\":\"error\",\"message\":\"method not allowed: GET\"}");
    }

    @Test
    void withoutWorkersAQuantisationFails() {
        try (var lonely = TestGateway.over(new FakeDirectory());
                var client = new RawHttp(lonely.port(), HttpVersion.HTTP_1_1)) {
            assertThat(client.post(PATH, JSON, "{\"model_type\":\"smol\"}").body())
                    .isEqualTo(
                            "{\"status\":\"error\",\"message\":\"Error during quantization: no worker is connected\"}");
            assertThat(client.get("/models/active").body()).isEqualTo("{}");
        }
    }

    @Test
    void anUnplannedStoreErrorIsPlannedForTheClient() {
        worker.quantizer = request ->
                FakeWorker.failed(WorkerFailure.of(FailureKind.STORE_READ_ONLY, "the store cannot be written"));

        assertThat(quantize("{\"model_type\":\"smol\"}").body())
                .isEqualTo(
                        "{\"status\":\"error\",\"message\":\"Error during quantization: the store cannot be written\"}");
    }

    private boolean watched(String id) {
        var operation = worker.operations.get(id);
        return operation != null && operation.watchers() > 0;
    }

    private FakeOperation operation() {
        return Objects.requireNonNull(worker.operations.get("op1"), "op1");
    }
}
