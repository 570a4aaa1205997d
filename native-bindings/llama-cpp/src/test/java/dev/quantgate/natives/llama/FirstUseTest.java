package dev.quantgate.natives.llama;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class FirstUseTest {
    @TempDir
    Path folder;

    @ParameterizedTest
    @ValueSource(strings = {"plan", "quantize", "open", "schema", "parser"})
    void everyEntryPointLoadsTheLibraryItself(String entryPoint) throws Exception {
        Path output = folder.resolve("output");
        Process process = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-cp",
                        System.getProperty("java.class.path"),
                        FirstUse.class.getName(),
                        entryPoint,
                        TinyModel.file().toString(),
                        folder.resolve("target.gguf").toString())
                .redirectErrorStream(true)
                .redirectOutput(output.toFile())
                .start();

        int exitCode = process.waitFor();

        assertThat(exitCode)
                .as(Files.readString(output, StandardCharsets.UTF_8))
                .isZero();
    }
}
