package dev.quantgate.worker.llamacpp.quantize;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.quantgate.worker.api.WorkerException;
import dev.quantgate.worker.llamacpp.gguf.TinyGguf;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class VerifiedFilesTest {
    private final VerifiedFiles files = new VerifiedFiles();

    @TempDir
    Path folder;

    private Path file = Path.of("");

    @BeforeEach
    void writeModel() {
        file = TinyGguf.llama().writeTo(folder.resolve("tiny.gguf"));
    }

    @Test
    void anUntouchedFileIsReadOnce() {
        assertThat(files.verify(file)).isSameAs(files.verify(file));
    }

    @Test
    void newContentOfTheSameLengthAndTimeIsSeen() throws IOException {
        files.verify(file);
        var time = Files.getLastModifiedTime(file);
        var changed = Files.getAttribute(file, "unix:ctime");

        // File systems keep time in ticks: this is not to be in the tick of the first writing.
        while (Files.getAttribute(file, "unix:ctime").equals(changed)) {
            try (var channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
                channel.write(ByteBuffer.wrap(new byte[] {0, 0, 0, 0}), 0);
            }
            Files.setLastModifiedTime(file, time);
        }

        assertThatThrownBy(() -> files.verify(file)).isInstanceOf(WorkerException.class);
    }

    @Test
    void anotherFileInItsPlaceIsSeen() throws IOException {
        var first = files.verify(file);

        Files.delete(file);
        TinyGguf.llama().layers(3).writeTo(file);

        assertThat(files.verify(file).parameterCount()).isGreaterThan(first.parameterCount());
    }

    @Test
    void aMissingFileIsInvalid() {
        assertThatThrownBy(() -> files.verify(folder.resolve("missing.gguf"))).isInstanceOf(WorkerException.class);
    }

    @Test
    void onlyAFewAnswersAreKept() {
        var first = files.verify(file);

        for (var name : List.of("a", "b", "c", "d")) {
            files.verify(TinyGguf.llama().writeTo(folder.resolve(name + ".gguf")));
        }

        assertThat(files.verify(file)).isNotSameAs(first);
    }
}
