package dev.quantgate.gateway.grpc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import com.google.rpc.BadRequest;
import com.google.rpc.ErrorInfo;
import com.google.rpc.RetryInfo;
import dev.quantgate.gateway.testing.FakeDirectory;
import dev.quantgate.gateway.testing.FakeWorker;
import dev.quantgate.gateway.testing.RawHttp;
import dev.quantgate.gateway.testing.Records;
import dev.quantgate.gateway.testing.Rpc;
import dev.quantgate.gateway.testing.TestGateway;
import dev.quantgate.v1.GenerateRequest;
import dev.quantgate.v1.InferenceServiceGrpc;
import dev.quantgate.v1.SamplingParameters;
import dev.quantgate.v1.TokenizeRequest;
import dev.quantgate.worker.api.FailureKind;
import dev.quantgate.worker.api.WorkerFailure;
import io.grpc.Status;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpVersion;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

final class RefusalTest {
    private static final String TOKENIZE = "/quantgate.v1.InferenceService/Tokenize";

    private final FakeWorker worker = new FakeWorker("w1").with(Records.model("smol"), "smol:source");
    private final TestGateway gateway =
            TestGateway.over(new FakeDirectory(worker), Map.of("limits.message_size", "64KiB"));
    private final RawHttp raw = new RawHttp(gateway.port(), HttpVersion.HTTP_2);

    @AfterEach
    void close() {
        raw.close();
        gateway.close();
    }

    private InferenceServiceGrpc.InferenceServiceBlockingStub client() {
        return InferenceServiceGrpc.newBlockingStub(gateway.channel()).withDeadlineAfter(20, TimeUnit.SECONDS);
    }

    private static TokenizeRequest tokenize(String text) {
        return TokenizeRequest.newBuilder().setModel("smol").setText(text).build();
    }

    @Test
    void aWrongFieldIsNamed() throws Exception {
        var request = GenerateRequest.newBuilder()
                .setModel("smol")
                .setPrompt("hi")
                .setSampling(SamplingParameters.newBuilder().setTemperature(-1))
                .build();

        var failure = catchThrowable(() -> client().generate(request).next());

        assertThat(Rpc.code(failure)).isEqualTo(Status.Code.INVALID_ARGUMENT);
        var violation = Rpc.detail(failure, BadRequest.class).getFieldViolations(0);
        assertThat(violation.getField()).isEqualTo("sampling.temperature");
        assertThat(violation.getDescription()).contains("-1.0").contains("expected");
        var info = Rpc.detail(failure, ErrorInfo.class);
        assertThat(info.getReason()).isEqualTo("INVALID_REQUEST");
        assertThat(info.getDomain()).isEqualTo("quantgate.dev");
    }

    @Test
    void aFullQueueSaysWhenToRetry() throws Exception {
        worker.tasks = task -> FakeWorker.failed(
                WorkerFailure.retry(FailureKind.QUEUE_FULL, "the queue is full", Duration.ofMillis(1500)));

        var failure = catchThrowable(() -> client().tokenize(tokenize("a")));

        assertThat(Rpc.code(failure)).isEqualTo(Status.Code.RESOURCE_EXHAUSTED);
        var delay = Rpc.detail(failure, RetryInfo.class).getRetryDelay();
        assertThat(delay.getSeconds()).isEqualTo(1);
        assertThat(delay.getNanos()).isEqualTo(500_000_000);
    }

    @Test
    void aBugKeepsItsWordsToItself() throws Exception {
        worker.tasks = task -> {
            throw new IllegalStateException("secret pointer 0x1234");
        };

        var failure = catchThrowable(() -> client().tokenize(tokenize("a")));

        assertThat(Rpc.code(failure)).isEqualTo(Status.Code.INTERNAL);
        assertThat(Rpc.reason(failure)).isEqualTo("INTERNAL");
        assertThat(Rpc.details(failure).toString()).doesNotContain("secret");
    }

    @Test
    void anUnknownModelIsNotFound() throws Exception {
        var failure = catchThrowable(() -> client().tokenize(TokenizeRequest.newBuilder()
                .setModel("nobody")
                .setText("a")
                .build()));

        assertThat(Rpc.code(failure)).isEqualTo(Status.Code.NOT_FOUND);
        assertThat(Rpc.reason(failure)).isEqualTo("MODEL_NOT_FOUND");
    }

    @Test
    void aMessageOverTheLimitIsRefused() throws Exception {
        var failure = catchThrowable(() -> client().tokenize(tokenize("x".repeat(70_000))));

        assertThat(Rpc.code(failure)).isEqualTo(Status.Code.RESOURCE_EXHAUSTED);
        assertThat(Rpc.reason(failure)).isEqualTo("MESSAGE_TOO_LARGE");
        assertThat(worker.calls).isEmpty();
    }

    @Test
    void aCompressedMessageThatGrowsOverTheLimitIsRefused() throws IOException {
        var reply = raw.grpc(TOKENIZE, Map.of("grpc-encoding", "gzip"), true, gzip(tokenize("x".repeat(1_000_000))));

        assertThat(reply.trailer("grpc-status")).isEqualTo("8");
        assertThat(worker.calls).isEmpty();
    }

    @Test
    void aCompressedMessageIsRead() throws IOException {
        worker.tasks = task -> java.util.concurrent.CompletableFuture.completedStage(
                new dev.quantgate.worker.api.inference.TextResult.Tokenized(
                        java.util.List.of(1), java.util.List.of("a")));

        var reply = raw.grpc(TOKENIZE, Map.of("grpc-encoding", "gzip"), true, gzip(tokenize("abc")));

        assertThat(reply.trailer("grpc-status")).isEqualTo("0");
    }

    @Test
    void aMessageThatIsNoProtobufIsRefused() {
        var reply = raw.grpc(TOKENIZE, Map.of(), false, new byte[] {(byte) 0xff, (byte) 0xff, 3});

        assertThat(reply.trailer("grpc-status")).isEqualTo("3");
    }

    @Test
    void aTextThatIsNotUtf8IsRefused() {
        var message = tokenize("ab").toByteArray();
        message[message.length - 2] = (byte) 0xc3;

        var reply = raw.grpc(TOKENIZE, Map.of(), false, message);

        assertThat(reply.trailer("grpc-status")).isEqualTo("3");
        assertThat(worker.calls).isEmpty();
    }

    @Test
    void aCompressedMessageWithoutAnEncodingIsRefused() throws IOException {
        var reply = raw.grpc(TOKENIZE, Map.of(), true, gzip(tokenize("a")));

        assertThat(reply.trailer("grpc-status")).isEqualTo("3");
    }

    @Test
    void anUnknownCompressionIsUnimplemented() {
        var reply = raw.grpc(
                TOKENIZE, Map.of("grpc-encoding", "br"), true, tokenize("a").toByteArray());

        assertThat(reply.trailer("grpc-status")).isEqualTo("12");
    }

    @Test
    void aCallWithoutAMessageIsRefused() {
        var reply = raw.grpc(TOKENIZE, Map.of(), Buffer.buffer());

        assertThat(reply.trailer("grpc-status")).isEqualTo("3");
    }

    @Test
    void aDeadlineThatHasPassedIsNotPassedOn() {
        var reply = raw.grpc(
                TOKENIZE, Map.of("grpc-timeout", "1n"), false, tokenize("a").toByteArray());

        assertThat(reply.trailer("grpc-status")).isEqualTo("4");
        assertThat(worker.calls).isEmpty();
    }

    @Test
    void aMalformedDeadlineIsRefused() {
        var reply = raw.grpc(
                TOKENIZE, Map.of("grpc-timeout", "soon"), false, tokenize("a").toByteArray());

        assertThat(reply.trailer("grpc-status")).isEqualTo("3");
    }

    @Test
    void anUnknownMethodIsUnimplemented() {
        var reply = raw.grpc("/quantgate.v1.InferenceService/Fly", Map.of(), false, new byte[0]);

        assertThat(reply.status()).isEqualTo(200);
        assertThat(reply.trailer("grpc-status")).isEqualTo("12");
    }

    @Test
    void aServiceWithoutWorkersIsUnavailable() throws Exception {
        try (var lonely = TestGateway.over(new FakeDirectory())) {
            var failure = catchThrowable(
                    () -> InferenceServiceGrpc.newBlockingStub(lonely.channel()).tokenize(tokenize("a")));

            assertThat(Rpc.code(failure)).isEqualTo(Status.Code.UNAVAILABLE);
            assertThat(Rpc.detail(failure, RetryInfo.class).getRetryDelay().getSeconds())
                    .isEqualTo(1);
        }
    }

    private static byte[] gzip(TokenizeRequest message) throws IOException {
        var bytes = new ByteArrayOutputStream();
        try (var stream = new GZIPOutputStream(bytes)) {
            stream.write(message.toByteArray());
        }
        return bytes.toByteArray();
    }
}
