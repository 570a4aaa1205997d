package dev.quantgate.bench.process;

import io.grpc.ManagedChannel;
import io.grpc.netty.shaded.io.grpc.netty.NettyChannelBuilder;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** A gateway as {@code scripts/quantgate serve} starts it, with a store of its own. */
public final class Gateway implements AutoCloseable {
    private static final Duration START_LIMIT = Duration.ofSeconds(60);
    private static final long CLOSE_SECONDS = 5;
    private static final String BACKEND = "QUANTGATE_WORKERS_BACKENDS_LLAMA_CPP_";

    private final ServerProcess process;
    private final int port;
    private final ManagedChannel channel;

    private Gateway(ServerProcess process, int port) {
        this.process = process;
        this.port = port;
        channel = NettyChannelBuilder.forAddress("127.0.0.1", port)
                .usePlaintext()
                .directExecutor()
                .build();
    }

    /**
     * Starts one and waits until it listens.
     *
     * @param launcher {@code scripts/quantgate}
     * @param home folder of its store
     * @param settings more environment variables
     */
    public static Gateway start(Path launcher, Path home, Shape shape, Map<String, String> settings, Path log)
            throws Exception {
        Files.createDirectories(home);
        var portFile = Files.createTempFile(home, "bench", ".port");
        Files.delete(portFile);
        var environment = new HashMap<String, String>(Map.of(
                "QUANTGATE_HOME",
                home.toString(),
                BACKEND + "THREADS",
                String.valueOf(shape.threads()),
                BACKEND + "SEQUENCES",
                String.valueOf(shape.sequences()),
                BACKEND + "CONTEXT_TOKENS",
                String.valueOf(shape.contextTokens()),
                BACKEND + "OPTIONS",
                "kv_tokens=" + shape.totalTokens()));
        environment.putAll(settings);
        var process = ServerProcess.start(
                List.of(launcher.toString(), "serve", "--port", "0", "--port-file", portFile.toString()),
                environment,
                log);
        try {
            process.await(() -> hasPort(portFile), START_LIMIT);
            return new Gateway(
                    process, Integer.parseInt(Files.readString(portFile).strip()));
        } catch (IllegalStateException | IOException | InterruptedException e) {
            process.close();
            throw e;
        } finally {
            Files.deleteIfExists(portFile);
        }
    }

    /** Its port. */
    public int port() {
        return port;
    }

    /** The process. */
    public ServerProcess process() {
        return process;
    }

    /** A channel to it, which it owns. */
    public ManagedChannel channel() {
        return channel;
    }

    private static boolean hasPort(Path file) {
        try {
            return Files.exists(file) && Files.size(file) > 0;
        } catch (IOException e) {
            return false;
        }
    }

    @Override
    public void close() {
        channel.shutdownNow();
        try {
            channel.awaitTermination(CLOSE_SECONDS, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        process.close();
    }
}
