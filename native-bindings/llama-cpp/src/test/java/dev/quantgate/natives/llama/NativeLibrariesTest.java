package dev.quantgate.natives.llama;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collections;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class NativeLibrariesTest {
    @TempDir
    Path cache;

    @Test
    void anyNumberMayUnpackAtOnce() throws Exception {
        ExecutorService threads = Executors.newFixedThreadPool(3);
        try {
            Callable<Path> unpack = () -> NativeLibraries.unpacked(cache);
            for (Future<Path> folder : threads.invokeAll(Collections.nCopies(3, unpack))) {
                assertThat(folder.get().resolve("libquantgate_llama.so")).isNotEmptyFile();
            }
        } finally {
            threads.shutdown();
        }
        try (var left = Files.list(cache.resolve("natives"))) {
            assertThat(left).hasSize(1);
        }
    }

    @Test
    void aDamagedFolderIsReplaced() throws IOException {
        Path library = NativeLibraries.unpacked(cache).resolve("libggml-base.so");
        Files.writeString(library, "damaged");

        NativeLibraries.unpacked(cache);

        assertThat(library).binaryContent().hasSizeGreaterThan(100_000);
    }

    @Test
    void aSecondStartCopiesNothing() throws IOException {
        Path library = NativeLibraries.unpacked(cache).resolve("libggml-base.so");
        Object before = Files.readAttributes(library, "unix:ino").get("ino");

        NativeLibraries.unpacked(cache);

        assertThat(Files.readAttributes(library, "unix:ino")).containsEntry("ino", before);
    }

    @Test
    void aCacheThatCannotBeWrittenIsExplained() throws IOException {
        Path file = Files.createFile(cache.resolve("file"));

        assertThatExceptionOfType(UncheckedIOException.class)
                .isThrownBy(() -> NativeLibraries.unpacked(file))
                .withMessageContaining("set QUANTGATE_CACHE");
    }
}
