package dev.quantgate.gateway.config;

import dev.quantgate.gateway.security.ApiKeys;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * Where the gateway listens.
 *
 * @param host address to bind
 * @param port 0 to 65535; 0 takes a free one
 * @param apiKeys keys of the callers; none lets everybody call
 * @param eventLoops event loops that share the port, at least 1
 * @param drainTimeout how long running calls may go on once the gateway stops
 * @param bodyTimeout how long a client may take to send the body of an HTTP request; zero is for ever
 * @param idleTimeout closes a connection without any traffic for so long; zero never does
 */
public record ServerConfig(
        String host,
        int port,
        ApiKeys apiKeys,
        int eventLoops,
        Duration drainTimeout,
        Duration bodyTimeout,
        Duration idleTimeout) {
    public static final ServerConfig DEFAULT = new ServerConfig(
            "127.0.0.1", 8000, ApiKeys.NONE, 1, Duration.ofSeconds(30), Duration.ofSeconds(60), Duration.ZERO);

    public ServerConfig {
        Require.text("server.host", host);
        Require.range("server.port", port, 0, 65_535);
        Require.range("server.event_loops", eventLoops, 1, 256);
        Require.notNegative("server.drain_timeout", drainTimeout);
        Require.notNegative("server.body_timeout", bodyTimeout);
        Require.notNegative("server.idle_timeout", idleTimeout);
    }

    static ServerConfig read(Section section) {
        return new ServerConfig(
                section.text("host", DEFAULT.host),
                section.integer("port", DEFAULT.port),
                keys(section),
                section.integer("event_loops", DEFAULT.eventLoops),
                section.duration("drain_timeout", DEFAULT.drainTimeout),
                section.duration("body_timeout", DEFAULT.bodyTimeout),
                section.duration("idle_timeout", DEFAULT.idleTimeout));
    }

    private static ApiKeys keys(Section section) {
        var keys = new ArrayList<>(section.secrets("api_keys"));
        for (var key : keys) {
            requireKey("server.api_keys", key);
        }
        var file = section.text("api_keys_file", "");
        if (!file.isEmpty()) {
            keys.addAll(keysIn(Require.path("server.api_keys_file", file)));
        }
        return ApiKeys.of(keys);
    }

    /** One key a line. A file without any is an error: it must not open the gateway to everybody. */
    private static List<String> keysIn(Path file) {
        var name = "server.api_keys_file: " + file;
        List<String> lines;
        try {
            lines = Files.readAllLines(file);
        } catch (IOException unreadable) {
            throw new ConfigException(name + " cannot be read (expected: a readable text file with one key a line)");
        }
        var keys = new ArrayList<String>();
        for (int i = 0; i < lines.size(); i++) {
            var line = lines.get(i).strip();
            if (!line.isEmpty() && !line.startsWith("#")) {
                requireKey(name + ", line " + (i + 1), line);
                keys.add(line);
            }
        }
        if (keys.isEmpty()) {
            throw new ConfigException(name + " has no keys (expected: one key a line)");
        }
        return keys;
    }

    /** The message must not show the key. */
    private static void requireKey(String where, String key) {
        if (!ApiKeys.isKey(key)) {
            throw new ConfigException(
                    where + ": a key of " + key.length() + " characters (expected: " + ApiKeys.rule() + ")");
        }
    }
}
