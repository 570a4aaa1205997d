package dev.quantgate.gateway.cli;

import dev.quantgate.gateway.app.EmbeddedGateway;
import dev.quantgate.gateway.app.RunningGateway;
import io.vertx.core.Vertx;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;

/** A gateway inside this process on a free loopback port, for one command. */
final class LocalGateway implements AutoCloseable {
    private final RunningGateway running;

    private LocalGateway(RunningGateway running) {
        this.running = running;
    }

    static LocalGateway start() {
        var overrides = Map.of(
                "server.host", "127.0.0.1", "server.port", "0", "cluster.enabled", "false", "logging.level", "warn");
        var config = EmbeddedGateway.configuration(file(System.getenv()), System.getenv(), overrides);
        var running = Await.started(EmbeddedGateway.start(config));
        try {
            Await.started(running.ready());
        } catch (RuntimeException failed) {
            Await.done(running.close());
            throw failed;
        }
        return new LocalGateway(running);
    }

    /** The file that `quantgate serve` would read, so that both see the same store and limits. */
    static Optional<Path> file(Map<String, String> environment) {
        var given = environment.getOrDefault("QUANTGATE_CONFIG", "");
        return given.isEmpty() ? Optional.empty() : Optional.of(Path.of(given));
    }

    Vertx vertx() {
        return running.vertx();
    }

    int port() {
        return running.port();
    }

    @Override
    public void close() {
        Await.done(running.close());
    }
}
