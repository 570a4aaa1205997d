package dev.quantgate.gateway.http.openai;

import static org.assertj.core.api.Assertions.assertThat;

import dev.quantgate.gateway.testing.ScriptedStream;
import dev.quantgate.worker.api.FailureKind;
import dev.quantgate.worker.api.StreamSink;
import dev.quantgate.worker.api.WorkerFailure;
import dev.quantgate.worker.api.inference.GenerateEvent;
import dev.quantgate.worker.api.inference.GenerateEvent.Chunk;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.json.JsonObject;
import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class OpenAiErrorsTest {
    private final OpenAi api = new OpenAi();

    @AfterEach
    void close() {
        api.close();
    }

    private void fails(WorkerFailure failure) {
        api.worker.generator = (request, context, sink) -> ScriptedStream.failing(sink, failure);
    }

    @ParameterizedTest
    @CsvSource({
        "INVALID_REQUEST,400,invalid_request_error,",
        "UNSUPPORTED,400,invalid_request_error,unsupported",
        "MODEL_NOT_FOUND,404,invalid_request_error,model_not_found",
        "VARIANT_NOT_FOUND,404,invalid_request_error,model_not_found",
        "ADAPTER_NOT_FOUND,404,invalid_request_error,adapter_not_found",
        "SESSION_NOT_FOUND,404,invalid_request_error,session_not_found",
        "QUEUE_FULL,429,rate_limit_error,rate_limit_exceeded",
        "INTERNAL,500,server_error,internal",
        "UNAVAILABLE,503,server_error,unavailable",
        "BACKEND_CRASHED,503,server_error,backend_crashed",
        "DEADLINE_EXCEEDED,504,server_error,deadline_exceeded"
    })
    void everyFailureHasItsStatusTypeAndCode(FailureKind kind, int status, String type, String code) {
        fails(WorkerFailure.of(kind, "words"));

        for (var fields : new String[] {"", "\"stream\":true"}) {
            var reply = api.post(OpenAi.CHAT, OpenAi.chat(fields));

            assertThat(reply.status()).isEqualTo(status);
            assertThat(reply.headers().get("content-type")).isEqualTo("application/json");
            assertThat(OpenAi.error(reply).getString("type")).isEqualTo(type);
            assertThat(OpenAi.error(reply).getString("code")).isEqualTo(code);
            assertThat(OpenAi.error(reply).getString("message"))
                    .isEqualTo(kind == FailureKind.INTERNAL ? "internal error" : "words");
        }
    }

    @Test
    void aFullQueueSaysWhenToTryAgain() {
        fails(WorkerFailure.retry(FailureKind.QUEUE_FULL, "64 wait", Duration.ofMillis(1200)));

        var reply = api.post(OpenAi.CHAT, OpenAi.chat(""));

        assertThat(reply.headers().get("retry-after")).isEqualTo("2");
        assertThat(reply.headers().get("retry-after-ms")).isEqualTo("1200");
    }

    @Test
    void aWorkersFieldHasThisApisName() {
        fails(WorkerFailure.invalid("sampling.json_schema", "too deep"));

        var error = OpenAi.error(api.post(OpenAi.CHAT, OpenAi.chat("")));

        assertThat(error.getString("param")).isEqualTo("response_format.json_schema.schema");
        assertThat(error.getString("message")).isEqualTo("response_format.json_schema.schema: too deep");
    }

    @Test
    void aFieldOutOfRangeIsNamed() {
        var error = OpenAi.error(api.post(OpenAi.CHAT, OpenAi.chat("\"temperature\":101")));

        assertThat(error.getString("param")).isEqualTo("temperature");
        assertThat(error.getString("message")).contains("101.0 (expected: 0.0 to 100.0)");
    }

    @Test
    void aFailureAfterTheFirstTokenIsTheLastEventAndNotDone() throws Exception {
        var running = new CompletableFuture<StreamSink<GenerateEvent>>();
        api.worker.generator = (request, context, sink) -> {
            sink.item(Chunk.of("x", 1));
            running.complete(sink);
            return ScriptedStream.silent(sink);
        };
        var body = OpenAi.chat("\"stream\":true");
        try (var socket = new Socket(InetAddress.getLoopbackAddress(), api.gateway.port())) {
            var request = "POST " + OpenAi.CHAT + " HTTP/1.1\r\nhost: x\r\nconnection: close\r\n"
                    + "content-type: application/json\r\ncontent-length: " + body.length() + "\r\n\r\n" + body;
            socket.getOutputStream().write(request.getBytes(StandardCharsets.US_ASCII));
            var lines = new BufferedReader(new InputStreamReader(socket.getInputStream(), StandardCharsets.UTF_8));
            assertThat(lines.readLine()).isEqualTo("HTTP/1.1 200 OK");

            running.get(20, TimeUnit.SECONDS).fail(WorkerFailure.of(FailureKind.BACKEND_CRASHED, "gone"));

            var rest = lines.lines().toList();
            assertThat(rest)
                    .doesNotContain("data: [DONE]")
                    .anySatisfy(line -> assertThat(line)
                            .isEqualTo(
                                    "data: {\"error\":{\"message\":\"gone\",\"type\":\"server_error\",\"param\":null,"
                                            + "\"code\":\"backend_crashed\"}}"));
        }
    }

    @Test
    void oneFailingChoiceEndsTheOthers() throws Exception {
        var endless = new CompletableFuture<ScriptedStream>();
        api.worker.generator = (request, context, sink) -> {
            if (!endless.isDone()) {
                var stream = ScriptedStream.silent(sink);
                endless.complete(stream);
                return stream;
            }
            return ScriptedStream.failing(sink, WorkerFailure.of(FailureKind.QUEUE_FULL, "64 wait"));
        };

        assertThat(api.post(OpenAi.CHAT, OpenAi.chat("\"n\":2")).status()).isEqualTo(429);
        endless.get(20, TimeUnit.SECONDS).cancelled().get(20, TimeUnit.SECONDS);
    }

    @ParameterizedTest
    @ValueSource(strings = {"nope", "No/Such Model", "smol:bad variant", "../x"})
    void aModelThatIsNotThereIs404(String name) {
        var body = new JsonObject(OpenAi.chat("")).put("model", name).encode();

        var reply = api.post(OpenAi.CHAT, body);

        assertThat(reply.status()).isEqualTo(404);
        assertThat(OpenAi.error(reply).getString("code")).isEqualTo("model_not_found");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"", "{", "[]", "{\"model\":\"smol\"}x", "{\"model\":\"a\",\"model\":\"b\"}", "{\"messages\":[]}"
            })
    void aMalformedBodyIs400(String body) {
        for (var path : new String[] {OpenAi.CHAT, OpenAi.COMPLETIONS, OpenAi.EMBEDDINGS}) {
            var reply = api.post(path, body);

            assertThat(reply.status()).isEqualTo(400);
            assertThat(OpenAi.error(reply).getString("type")).isEqualTo("invalid_request_error");
        }
    }

    @Test
    void whatHttpRefusesHasTheSameShape() {
        var wrongType = api.http.post(OpenAi.CHAT, "text/plain", "{}");
        var noSuchPath = api.http.get("/v1/nothing");
        var wrongMethod = api.http.get(OpenAi.CHAT);
        var tooLarge = api.post(OpenAi.CHAT, "x".repeat(5 << 20));

        assertThat(wrongType.status()).isEqualTo(415);
        assertThat(noSuchPath.status()).isEqualTo(404);
        assertThat(wrongMethod.status()).isEqualTo(405);
        assertThat(tooLarge.status()).isEqualTo(413);
        assertThat(OpenAi.error(wrongType).getString("code")).isEqualTo("wrong_media_type");
        assertThat(OpenAi.error(noSuchPath).getString("code")).isEqualTo("unknown_url");
        assertThat(OpenAi.error(wrongMethod).getString("code")).isEqualTo("method_not_allowed");
        assertThat(OpenAi.error(tooLarge).getString("code")).isEqualTo("request_too_large");
    }

    @Test
    void theCallCountsForItsUserElseItsKeyElseItsAddress() {
        api.says("x");
        var key = Map.of("content-type", "application/json", "authorization", "Bearer secret");

        api.http.send(HttpMethod.POST, OpenAi.CHAT, key, Buffer.buffer(OpenAi.chat("\"user\":\"eve\"")));
        api.http.send(HttpMethod.POST, OpenAi.CHAT, key, Buffer.buffer(OpenAi.chat("")));
        api.post(OpenAi.CHAT, OpenAi.chat(""));

        assertThat(api.worker.contexts.get(0).client()).isEqualTo("user:eve");
        assertThat(api.worker.contexts.get(1).client()).startsWith("key:").doesNotContain("secret");
        assertThat(api.worker.contexts.get(2).client()).isEqualTo("127.0.0.1");
    }

    @Test
    void theOtherRoutesKeepTheirOwnShape() {
        assertThat(api.http.get("/nothing").body()).startsWith("{\"status\":\"error\"");
    }
}
