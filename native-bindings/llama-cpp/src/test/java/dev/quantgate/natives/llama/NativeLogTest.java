package dev.quantgate.natives.llama;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;

class NativeLogTest {
    private final Logger logger = (Logger) LoggerFactory.getLogger(NativeLog.LOGGER_NAME);
    private final ListAppender<ILoggingEvent> lines = new ListAppender<>();

    @BeforeEach
    void listen() {
        LlamaCpp.load();
        lines.start();
        logger.addAppender(lines);
    }

    @AfterEach
    void stopListening() {
        logger.detachAppender(lines);
    }

    @Test
    void nativeLinesReachSlf4jWholeAndWithTheirLevel() {
        openMissingFile();

        assertThat(lines.list).anySatisfy(event -> {
            assertThat(event.getLevel()).isEqualTo(Level.ERROR);
            assertThat(event.getFormattedMessage()).contains("missing.gguf").doesNotContain("\n");
        });
    }

    @Test
    void capturedLinesAreThoseOfOneCallOnThisThread() {
        NativeLog.beginCapture();
        assertThat(NativeLog.endCapture()).isEmpty();

        openMissingFile();
        NativeLog.beginCapture();
        assertThat(NativeLog.endCapture()).isEmpty();
    }

    @Test
    void anAbortedDecodeIsNoErrorInTheLog() {
        try (LlamaContext context = TinyModel.context(1)) {
            CancelFlag flag = new CancelFlag();
            context.setCancelFlag(flag);
            flag.cancel();
            LlamaBatch batch = new LlamaBatch(4);
            batch.add(5, 0, 0, true);

            assertThat(context.decode(batch)).isEqualTo(DecodeStatus.ABORTED);
        }
        assertThat(lines.list).noneMatch(event -> event.getLevel().isGreaterOrEqual(Level.WARN));
    }

    private static void openMissingFile() {
        assertThatExceptionOfType(LlamaException.class)
                .isThrownBy(() -> LlamaModel.open(Path.of("missing.gguf"), ModelOptions.defaults(), LoadProgress.NONE));
    }
}
