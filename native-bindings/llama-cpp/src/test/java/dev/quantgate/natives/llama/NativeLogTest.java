package dev.quantgate.natives.llama;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.LoggerFactory;

class NativeLogTest {
    private final Logger logger = (Logger) LoggerFactory.getLogger(NativeLog.LOGGER_NAME);
    private final ListAppender<ILoggingEvent> lines = new ListAppender<>();

    @TempDir
    private Path folder;

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
    void nativeLinesReachSlf4jWholeAndWithTheirLevel() throws IOException {
        openBrokenFile();

        assertThat(lines.list).anySatisfy(event -> {
            assertThat(event.getLevel()).isEqualTo(Level.ERROR);
            assertThat(event.getFormattedMessage()).contains("broken.gguf").doesNotContain("\n");
        });
    }

    @Test
    void capturedLinesAreThoseOfOneCallOnThisThread() throws IOException {
        NativeLog.beginCapture();
        assertThat(NativeLog.endCapture()).isEmpty();

        openBrokenFile();
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

    private void openBrokenFile() throws IOException {
        Path file = Files.writeString(folder.resolve("broken.gguf"), "not a model");
        assertThatExceptionOfType(LlamaException.class)
                .isThrownBy(() -> LlamaModel.open(file, ModelOptions.defaults(), LoadProgress.NONE));
    }
}
