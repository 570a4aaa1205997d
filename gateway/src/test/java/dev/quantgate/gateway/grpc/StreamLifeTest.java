package dev.quantgate.gateway.grpc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.quantgate.gateway.testing.Eventually;
import dev.quantgate.gateway.testing.FakeDirectory;
import dev.quantgate.gateway.testing.FakeWorker;
import dev.quantgate.gateway.testing.Records;
import dev.quantgate.gateway.testing.Rpc;
import dev.quantgate.gateway.testing.ScriptedStream;
import dev.quantgate.gateway.testing.TcpProxy;
import dev.quantgate.gateway.testing.TestGateway;
import dev.quantgate.v1.GenerateRequest;
import dev.quantgate.v1.GenerateResponse;
import dev.quantgate.v1.InferenceServiceGrpc;
import io.grpc.Status;
import io.grpc.netty.shaded.io.grpc.netty.NettyChannelBuilder;
import io.grpc.stub.ClientCallStreamObserver;
import io.grpc.stub.ClientResponseObserver;
import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

final class StreamLifeTest {
    private final CompletableFuture<ScriptedStream> started = new CompletableFuture<>();
    private final FakeWorker worker = new FakeWorker("w1").with(Records.model("smol"), "smol:source");
    private final TestGateway gateway = TestGateway.over(new FakeDirectory(worker));
    private final Reader reader = new Reader();

    @AfterEach
    void close() {
        gateway.close();
    }

    private static GenerateRequest prompt() {
        return GenerateRequest.newBuilder().setModel("smol").setPrompt("hi").build();
    }

    private void endless(String text) {
        worker.generator = (request, context, sink) -> {
            var stream = ScriptedStream.endless(sink, text);
            started.complete(stream);
            return stream;
        };
    }

    @Test
    void aClientThatStopsReadingStopsTheWorker() throws Exception {
        endless("x".repeat(1024));
        InferenceServiceGrpc.newStub(gateway.channel()).generate(prompt(), reader);
        var stream = started.get(20, TimeUnit.SECONDS);

        // Windows of two flow controls and one of items may fill; then nothing more is asked of the worker.
        Eventually.assertTrue("the worker pauses", () -> isSteady(stream));
        assertThat(stream.sent()).isBetween(64L, 512L);

        var before = stream.sent();
        reader.call().request(4000);
        Eventually.assertTrue("the worker goes on", () -> stream.sent() > before + 500);
        reader.call().cancel("enough", null);
    }

    private static boolean isSteady(ScriptedStream stream) {
        var before = stream.sent();
        if (before == 0) {
            return false;
        }
        java.util.concurrent.locks.LockSupport.parkNanos(Duration.ofMillis(300).toNanos());
        return stream.sent() == before;
    }

    @Test
    void aCancelledCallCancelsTheWorkersStream() throws Exception {
        endless("x");
        InferenceServiceGrpc.newStub(gateway.channel()).generate(prompt(), reader);
        var stream = started.get(20, TimeUnit.SECONDS);

        reader.call().cancel("enough", null);

        stream.cancelled().get(20, TimeUnit.SECONDS);
        assertThat(worker.contexts.get(0).cancellation().isCancelled()).isTrue();
    }

    @Test
    void aLostConnectionCancelsTheWorkersStream() throws Exception {
        endless("x");
        try (var proxy = new TcpProxy(gateway.port())) {
            var channel = NettyChannelBuilder.forAddress("127.0.0.1", proxy.port())
                    .usePlaintext()
                    .build();
            InferenceServiceGrpc.newStub(channel).generate(prompt(), reader);
            var stream = started.get(20, TimeUnit.SECONDS);

            proxy.breakConnections();

            stream.cancelled().get(20, TimeUnit.SECONDS);
            channel.shutdownNow();
        }
    }

    @Test
    void aLostConnectionCancelsASilentStreamAsWell() throws Exception {
        worker.generator = (request, context, sink) -> {
            var stream = ScriptedStream.silent(sink);
            started.complete(stream);
            return stream;
        };
        try (var proxy = new TcpProxy(gateway.port())) {
            var channel = NettyChannelBuilder.forAddress("127.0.0.1", proxy.port())
                    .usePlaintext()
                    .build();
            InferenceServiceGrpc.newStub(channel).generate(prompt(), reader);
            var stream = started.get(20, TimeUnit.SECONDS);

            proxy.breakConnections();

            stream.cancelled().get(20, TimeUnit.SECONDS);
            channel.shutdownNow();
        }
    }

    @Test
    void theDeadlineEndsTheCallAndTheWorkersStream() throws Exception {
        worker.generator = (request, context, sink) -> {
            var stream = ScriptedStream.silent(sink);
            started.complete(stream);
            return stream;
        };
        var client =
                InferenceServiceGrpc.newBlockingStub(gateway.channel()).withDeadlineAfter(500, TimeUnit.MILLISECONDS);

        assertThatThrownBy(() -> client.generate(prompt()).next())
                .satisfies(failure -> assertThat(Rpc.code(failure)).isEqualTo(Status.Code.DEADLINE_EXCEEDED));

        started.get(20, TimeUnit.SECONDS).cancelled().get(20, TimeUnit.SECONDS);
        assertThat(worker.contexts.get(0).timeout()).isBetween(Duration.ZERO, Duration.ofMillis(500));
    }

    /** Reads nothing unless it is told to. */
    private static final class Reader implements ClientResponseObserver<GenerateRequest, GenerateResponse> {
        private final AtomicReference<@Nullable ClientCallStreamObserver<GenerateRequest>> call =
                new AtomicReference<>();
        private final AtomicInteger read = new AtomicInteger();

        ClientCallStreamObserver<GenerateRequest> call() {
            return Objects.requireNonNull(call.get(), "call");
        }

        @Override
        public void beforeStart(ClientCallStreamObserver<GenerateRequest> stream) {
            stream.disableAutoRequestWithInitial(1);
            call.set(stream);
        }

        @Override
        public void onNext(GenerateResponse message) {
            read.incrementAndGet();
        }

        @Override
        public void onError(Throwable failure) {}

        @Override
        public void onCompleted() {}
    }
}
