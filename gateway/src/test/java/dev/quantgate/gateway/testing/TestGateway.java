package dev.quantgate.gateway.testing;

import dev.quantgate.gateway.app.EmbeddedGateway;
import dev.quantgate.gateway.app.RunningGateway;
import dev.quantgate.gateway.app.Workers;
import dev.quantgate.gateway.config.GatewayConfig;
import dev.quantgate.worker.api.WorkerDirectory;
import io.grpc.ManagedChannel;
import io.grpc.netty.shaded.io.grpc.netty.NettyChannelBuilder;
import io.vertx.core.Future;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/** A gateway on a free port with workers of the test's own, and a gRPC channel to it. */
public final class TestGateway implements AutoCloseable {
    private final RunningGateway gateway;
    private final ManagedChannel channel;

    private TestGateway(RunningGateway gateway) {
        this.gateway = gateway;
        this.channel = NettyChannelBuilder.forAddress("127.0.0.1", gateway.port())
                .usePlaintext()
                .flowControlWindow(64 << 10)
                .maxInboundMessageSize(64 << 20)
                .build();
    }

    public static TestGateway over(WorkerDirectory directory) {
        return over(directory, Map.of());
    }

    /** Starts a gateway whose configuration differs from the defaults in {@code overrides}. */
    public static TestGateway over(WorkerDirectory directory, Map<String, String> overrides) {
        return new TestGateway(await(start(directory, overrides)));
    }

    public static Future<RunningGateway> start(WorkerDirectory directory, Map<String, String> overrides) {
        return EmbeddedGateway.start(
                config(overrides), (vertx, config) -> Future.succeededFuture(new FakeWorkers(directory)));
    }

    public static GatewayConfig config(Map<String, String> overrides) {
        var all = new HashMap<>(Map.of("server.port", "0", "server.drain_timeout", "0s", "workers.embedded", "false"));
        all.putAll(overrides);
        return EmbeddedGateway.configuration(Optional.<Path>empty(), Map.of(), all);
    }

    public static <T> T await(Future<T> future) {
        return future.toCompletionStage()
                .toCompletableFuture()
                .orTimeout(120, TimeUnit.SECONDS)
                .join();
    }

    public RunningGateway gateway() {
        return gateway;
    }

    public int port() {
        return gateway.port();
    }

    public ManagedChannel channel() {
        return channel;
    }

    @Override
    public void close() {
        channel.shutdownNow();
        await(gateway.close());
    }

    private record FakeWorkers(WorkerDirectory directory) implements Workers {
        @Override
        public Future<Void> started() {
            return Future.succeededFuture();
        }

        @Override
        public void nodeLeft(String nodeId) {}

        @Override
        public Future<Void> stop(Duration limit) {
            return Future.succeededFuture();
        }
    }
}
