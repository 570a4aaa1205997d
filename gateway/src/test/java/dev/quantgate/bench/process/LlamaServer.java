package dev.quantgate.bench.process;

import java.io.IOException;
import java.net.HttpURLConnection;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** llama.cpp's own server, built from the sources of the version that Quantgate ships and run on the same libraries. */
public final class LlamaServer implements AutoCloseable {
    private static final Duration START_LIMIT = Duration.ofSeconds(60);
    private static final int TIMEOUT_MILLIS = 1000;

    private final ServerProcess process;
    private final int port;

    private LlamaServer(ServerProcess process, int port) {
        this.process = process;
        this.port = port;
    }

    /**
     * Starts one and waits until it serves.
     *
     * @param flags what it gets besides model, threads, slots and context
     */
    public static LlamaServer start(Path executable, Path model, Shape shape, List<String> flags, Path log)
            throws Exception {
        var port = FreePort.find();
        var command = new ArrayList<String>(List.of(
                executable.toString(),
                "--model",
                model.toString(),
                "--host",
                "127.0.0.1",
                "--port",
                String.valueOf(port),
                "--threads",
                String.valueOf(shape.threads()),
                "--parallel",
                String.valueOf(shape.sequences()),
                "--ctx-size",
                String.valueOf(shape.totalTokens())));
        command.addAll(flags);
        var server = new LlamaServer(ServerProcess.start(command, Map.of(), log), port);
        try {
            server.process.await(server::isHealthy, START_LIMIT);
        } catch (IllegalStateException | InterruptedException e) {
            server.close();
            throw e;
        }
        return server;
    }

    /** Its port. */
    public int port() {
        return port;
    }

    /** The process. */
    public ServerProcess process() {
        return process;
    }

    private boolean isHealthy() {
        try {
            var health = (HttpURLConnection)
                    URI.create("http://127.0.0.1:" + port + "/health").toURL().openConnection();
            health.setConnectTimeout(TIMEOUT_MILLIS);
            health.setReadTimeout(TIMEOUT_MILLIS);
            try {
                return health.getResponseCode() == HttpURLConnection.HTTP_OK;
            } finally {
                health.disconnect();
            }
        } catch (IOException notYet) {
            return false;
        }
    }

    @Override
    public void close() {
        process.close();
    }
}
