package dev.quantgate.gateway.app;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.encoder.PatternLayoutEncoder;
import ch.qos.logback.classic.joran.JoranConfigurator;
import ch.qos.logback.classic.spi.Configurator.ExecutionStatus;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.ConsoleAppender;
import ch.qos.logback.core.joran.spi.JoranException;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.slf4j.Logger;

final class LoggingTest {
    @Test
    void theFileInConfigSaysTheSameAsTheCode() throws JoranException {
        var fromFile = new LoggerContext();
        var file = new JoranConfigurator();
        file.setContext(fromFile);
        file.doConfigure(Path.of("../config/logback.xml").toFile());
        var fromCode = new LoggerContext();
        var code = new LogbackDefaults();
        code.setContext(fromCode);

        assertThat(code.configure(fromCode)).isEqualTo(ExecutionStatus.DO_NOT_INVOKE_NEXT_IF_ANY);

        assertThat(levels(fromCode)).isEqualTo(levels(fromFile)).containsKey("dev.quantgate");
        assertThat(console(fromCode).getTarget()).isEqualTo(console(fromFile).getTarget());
        assertThat(pattern(fromCode)).isEqualTo(pattern(fromFile));
    }

    private static Map<String, Level> levels(LoggerContext context) {
        var levels = new TreeMap<String, Level>();
        context.getLoggerList().stream()
                .filter(logger -> logger.getLevel() != null)
                .forEach(logger -> levels.put(logger.getName(), logger.getLevel()));
        return levels;
    }

    private static ConsoleAppender<ILoggingEvent> console(LoggerContext context) {
        return (ConsoleAppender<ILoggingEvent>)
                context.getLogger(Logger.ROOT_LOGGER_NAME).getAppender("console");
    }

    private static String pattern(LoggerContext context) {
        return ((PatternLayoutEncoder) console(context).getEncoder()).getPattern();
    }
}
