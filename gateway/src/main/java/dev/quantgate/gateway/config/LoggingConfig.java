package dev.quantgate.gateway.config;

import java.util.List;
import java.util.Locale;

/**
 * What is logged.
 *
 * @param level of the product's own loggers: error, warn, info, debug or trace
 */
public record LoggingConfig(String level) {
    // First, because the default below is checked against it.
    private static final List<String> LEVELS = List.of("error", "warn", "info", "debug", "trace");

    public static final LoggingConfig DEFAULT = new LoggingConfig("info");

    public LoggingConfig {
        level = level.toLowerCase(Locale.ROOT);
        if (!LEVELS.contains(level)) {
            throw new ConfigException(
                    "logging.level: " + level + " (expected: one of " + String.join(", ", LEVELS) + ")");
        }
    }

    static LoggingConfig read(Section section) {
        return new LoggingConfig(section.text("level", DEFAULT.level));
    }
}
