package dev.quantgate.gateway.app;

import dev.quantgate.gateway.config.LoggingConfig;

/** Hands the configured level to the logging configuration, which reads it when the first logger is made. */
final class LoggingStart {
    static final String LEVEL = "quantgate.log.level";

    private LoggingStart() {}

    /** Applies the level, unless the command line has set the property itself. */
    static void apply(LoggingConfig logging) {
        if (System.getProperty(LEVEL) == null) {
            System.setProperty(LEVEL, logging.level());
        }
    }
}
