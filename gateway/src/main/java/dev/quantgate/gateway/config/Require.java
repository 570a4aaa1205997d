package dev.quantgate.gateway.config;

import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.time.Duration;

/** Checks of configured values; each failure reads {@code key: value (expected: ...)}. */
final class Require {
    private Require() {}

    static void text(String key, String value) {
        if (value.isBlank()) {
            throw new ConfigException(key + ": \"\" (expected: not empty)");
        }
    }

    static void range(String key, long value, long min, long max) {
        if (value < min || value > max) {
            throw new ConfigException(key + ": " + value + " (expected: "
                    + (max == Long.MAX_VALUE ? ">= " + min : min + " to " + max) + ")");
        }
    }

    static void notNegative(String key, Duration value) {
        if (value.isNegative()) {
            throw new ConfigException(key + ": " + value + " (expected: >= 0s)");
        }
    }

    static Path path(String key, String text) {
        try {
            return Path.of(text);
        } catch (InvalidPathException malformed) {
            throw new ConfigException(key + ": " + text + " (expected: a path)");
        }
    }
}
