package dev.quantgate.gateway.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.quantgate.gateway.testing.Eventually;
import dev.quantgate.gateway.testing.FakeDirectory;
import dev.quantgate.gateway.testing.FakeWorker;
import dev.quantgate.gateway.testing.Records;
import dev.quantgate.gateway.testing.Rpc;
import dev.quantgate.gateway.testing.ScriptedStream;
import dev.quantgate.gateway.testing.TestGateway;
import dev.quantgate.v1.GenerateRequest;
import dev.quantgate.v1.InferenceServiceGrpc;
import dev.quantgate.worker.api.StreamSink;
import dev.quantgate.worker.api.inference.GenerateEvent;
import io.grpc.Status;
import java.io.IOException;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.Socket;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

final class ServerLifeTest {
    private final CompletableFuture<StreamSink<GenerateEvent>> started = new CompletableFuture<>();
    private final FakeWorker worker = new FakeWorker("w1").with(Records.model("smol"), "smol:source");

    private TestGateway gateway(Map<String, String> overrides) {
        worker.generator = (request, context, sink) -> {
            var stream = ScriptedStream.silent(sink);
            sink.item(GenerateEvent.Chunk.of("first", 1));
            started.complete(sink);
            return stream;
        };
        return TestGateway.over(new FakeDirectory(worker), overrides);
    }

    private static GenerateRequest prompt() {
        return GenerateRequest.newBuilder().setModel("smol").setPrompt("hi").build();
    }

    @Test
    void aRunningStreamFinishesWhileTheGatewayDrains() throws Exception {
        try (var gateway = gateway(Map.of("server.drain_timeout", "20s"))) {
            var stream = InferenceServiceGrpc.newBlockingStub(gateway.channel()).generate(prompt());
            assertThat(stream.next().getChunk().getText()).isEqualTo("first");
            var closing = gateway.gateway().close();

            Eventually.assertTrue("the port is closed", () -> refusesConnections(gateway.port()));
            assertThat(closing.isComplete()).isFalse();
            var sink = started.get(20, TimeUnit.SECONDS);
            sink.item(GenerateEvent.Chunk.of("last", 1));
            sink.end();

            assertThat(stream.next().getChunk().getText()).isEqualTo("last");
            assertThat(stream.hasNext()).isFalse();
            TestGateway.await(closing);
        }
    }

    @Test
    void aStreamThatOutlivesTheDrainIsCut() {
        try (var gateway = gateway(Map.of("server.drain_timeout", "100ms"))) {
            var stream = InferenceServiceGrpc.newBlockingStub(gateway.channel()).generate(prompt());
            stream.next();

            TestGateway.await(gateway.gateway().close());

            assertThat(Rpc.code(catchThrowable(stream::next))).isEqualTo(Status.Code.UNAVAILABLE);
        }
    }

    @Test
    void closingTwiceIsClosingOnce() {
        try (var gateway = gateway(Map.of())) {
            assertThat(gateway.gateway().close()).isSameAs(gateway.gateway().close());
        }
    }

    @Test
    void aPortInUseIsExplained() {
        try (var gateway = gateway(Map.of())) {
            var port = Integer.toString(gateway.port());

            assertThatThrownBy(() ->
                            TestGateway.await(TestGateway.start(new FakeDirectory(), Map.of("server.port", port))))
                    .isInstanceOf(CompletionException.class)
                    .cause()
                    .isInstanceOf(GatewayStartException.class)
                    .hasMessageStartingWith("server.port: 127.0.0.1:" + port + " cannot be bound")
                    .hasMessageContaining("(expected: a free port");
        }
    }

    @Test
    void severalEventLoopsShareAFreePort() {
        try (var gateway = gateway(Map.of("server.event_loops", "3"))) {
            for (int i = 0; i < 6; i++) {
                var stream =
                        InferenceServiceGrpc.newBlockingStub(gateway.channel()).generate(prompt());
                assertThat(stream.next().getChunk().getText()).isEqualTo("first");
            }
        }
    }

    @Test
    void theGatewayIsReadyOnceAWorkerIs() {
        var directory = new FakeDirectory();
        try (var gateway = TestGateway.over(directory)) {
            assertThat(gateway.gateway().ready().isComplete()).isFalse();

            directory.add(worker);

            TestGateway.await(gateway.gateway().ready());
        }
    }

    private static boolean refusesConnections(int port) {
        try {
            new Socket(InetAddress.getLoopbackAddress(), port).close();
            return false;
        } catch (ConnectException refused) {
            return true;
        } catch (IOException other) {
            throw new AssertionError(other);
        }
    }
}
