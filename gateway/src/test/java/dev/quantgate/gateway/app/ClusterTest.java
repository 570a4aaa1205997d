package dev.quantgate.gateway.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.quantgate.gateway.testing.Eventually;
import dev.quantgate.gateway.testing.Rpc;
import dev.quantgate.gateway.testing.TestGateway;
import dev.quantgate.gateway.testing.WorkerMain;
import dev.quantgate.v1.GenerateRequest;
import dev.quantgate.v1.InferenceServiceGrpc;
import io.grpc.ManagedChannel;
import io.grpc.Status;
import io.grpc.netty.shaded.io.grpc.netty.NettyChannelBuilder;
import io.vertx.grpc.health.v1.HealthCheckRequest;
import io.vertx.grpc.health.v1.HealthCheckResponse;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** A gateway and its worker in two processes. */
final class ClusterTest {
    private final int clusterPort = freePort();
    private final RunningGateway gateway = TestGateway.await(EmbeddedGateway.start(
            TestGateway.config(Map.of("cluster.enabled", "true", "cluster.port", Integer.toString(clusterPort)))));
    private final ManagedChannel channel = NettyChannelBuilder.forAddress("127.0.0.1", gateway.port())
            .usePlaintext()
            .build();

    @AfterEach
    void close() {
        channel.shutdownNow();
        TestGateway.await(gateway.close());
    }

    private Process join() throws IOException {
        return new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-Xmx128m",
                        "-XX:TieredStopAtLevel=1",
                        "-Dquantgate.log.level=error",
                        "-cp",
                        System.getProperty("java.class.path"),
                        WorkerMain.class.getName(),
                        "127.0.0.1:" + clusterPort)
                .inheritIO()
                .start();
    }

    @Test
    void aKilledWorkerProcessEndsItsStreamsAndTheGatewayLivesOn() throws Exception {
        var process = join();
        gateway.ready().toCompletionStage().toCompletableFuture().get(60, TimeUnit.SECONDS);
        var stream = InferenceServiceGrpc.newBlockingStub(channel)
                .generate(GenerateRequest.newBuilder()
                        .setModel("smol")
                        .setPrompt("a")
                        .build());
        assertThat(stream.next().getChunk().getText()).isEqualTo("word ");

        process.destroyForcibly().waitFor();
        var killed = System.nanoTime();
        var failure = catchThrowable(() -> {
            while (true) {
                stream.next();
            }
        });

        assertThat(Rpc.code(failure)).isEqualTo(Status.Code.UNAVAILABLE);
        // A second on an idle machine; lost pings alone would take 3.5 s.
        assertThat(Duration.ofNanos(System.nanoTime() - killed)).isLessThan(Duration.ofSeconds(3));

        var next = join();
        var health = HealthCheckRequest.getDefaultInstance();
        Eventually.assertTrue(
                "the gateway serves again",
                () -> Rpc.unary(
                                        channel,
                                        "grpc.health.v1.Health/Check",
                                        health,
                                        HealthCheckResponse.getDefaultInstance())
                                .getStatus()
                        == HealthCheckResponse.ServingStatus.SERVING);
        next.destroy();
        assertThat(next.waitFor(30, TimeUnit.SECONDS)).isTrue();
    }

    @Test
    void aWorkerThatFindsNoGatewaySaysSo() {
        var config = TestGateway.config(Map.of("workers.embedded", "true"));

        assertThatThrownBy(() -> TestGateway.await(WorkerProcess.join(config, "127.0.0.1:" + freePort())))
                .hasMessageContaining("does not answer (expected: a gateway with cluster.enabled: true)");
        assertThatThrownBy(() -> TestGateway.await(WorkerProcess.join(config, "nowhere")))
                .hasMessageContaining("join: nowhere (expected: host:port)");
    }

    private static int freePort() {
        try (var socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        } catch (IOException failure) {
            throw new AssertionError(failure);
        }
    }
}
