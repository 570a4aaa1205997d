package dev.quantgate.gateway.config;

import java.time.Duration;

/**
 * Where the gateway listens.
 *
 * @param host address to bind
 * @param port 0 to 65535; 0 takes a free one
 * @param eventLoops event loops that share the port, at least 1
 * @param drainTimeout how long running calls may go on once the gateway stops
 * @param idleTimeout closes a connection without any traffic for so long; zero never does
 */
public record ServerConfig(String host, int port, int eventLoops, Duration drainTimeout, Duration idleTimeout) {
    public static final ServerConfig DEFAULT =
            new ServerConfig("127.0.0.1", 8000, 1, Duration.ofSeconds(30), Duration.ZERO);

    public ServerConfig {
        Require.text("server.host", host);
        Require.range("server.port", port, 0, 65_535);
        Require.range("server.event_loops", eventLoops, 1, 256);
        Require.notNegative("server.drain_timeout", drainTimeout);
        Require.notNegative("server.idle_timeout", idleTimeout);
    }

    static ServerConfig read(Section section) {
        return new ServerConfig(
                section.text("host", DEFAULT.host),
                section.integer("port", DEFAULT.port),
                section.integer("event_loops", DEFAULT.eventLoops),
                section.duration("drain_timeout", DEFAULT.drainTimeout),
                section.duration("idle_timeout", DEFAULT.idleTimeout));
    }
}
