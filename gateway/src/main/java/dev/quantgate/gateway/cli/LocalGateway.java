package dev.quantgate.gateway.cli;

import dev.quantgate.gateway.app.EmbeddedGateway;
import dev.quantgate.gateway.app.RunningGateway;
import io.vertx.core.Vertx;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;

/**
 * A gateway inside this process on a free loopback port, for one command. Where the configuration asks for API keys, it
 * has a key of its own, which this command alone knows.
 */
final class LocalGateway implements AutoCloseable {
    private static final Map<String, String> OVERRIDES = Map.of(
            "server.host", "127.0.0.1",
            "server.port", "0",
            "tls.enabled", "false",
            "cluster.enabled", "false",
            "logging.level", "warn");

    private final RunningGateway running;
    private final String key;

    private LocalGateway(RunningGateway running, String key) {
        this.running = running;
        this.key = key;
    }

    static LocalGateway start() {
        return start(System.getenv());
    }

    static LocalGateway start(Map<String, String> environment) {
        var config = EmbeddedGateway.configuration(file(environment), environment, OVERRIDES);
        var key = "";
        if (config.server().apiKeys().areRequired()) {
            key = UUID.randomUUID().toString();
            var overrides = new HashMap<>(OVERRIDES);
            overrides.put("server.api_keys", key);
            overrides.put("server.api_keys_file", "");
            config = EmbeddedGateway.configuration(file(environment), environment, overrides);
        }
        var running = Await.started(EmbeddedGateway.start(config));
        try {
            Await.started(running.ready());
        } catch (RuntimeException failed) {
            Await.done(running.close());
            throw failed;
        }
        return new LocalGateway(running, key);
    }

    /** The file that `quantgate serve` would read, so that both see the same store and limits. */
    static Optional<Path> file(Map<String, String> environment) {
        var given = environment.getOrDefault("QUANTGATE_CONFIG", "");
        return given.isEmpty() ? Optional.empty() : Optional.of(Path.of(given));
    }

    Vertx vertx() {
        return running.vertx();
    }

    /** What callers must show; empty if nothing. */
    String key() {
        return key;
    }

    int port() {
        return running.port();
    }

    @Override
    public void close() {
        Await.done(running.close());
    }
}
