package dev.quantgate.natives.llama;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Without the guard each of these ends the JVM with SIGBUS. */
final class FileGuardTest {
    @TempDir
    private Path folder;

    private Path copy(String name) throws IOException {
        return Files.copy(TinyModel.file(), folder.resolve(name));
    }

    private static void shrink(Path file) throws IOException {
        try (RandomAccessFile open = new RandomAccessFile(file.toFile(), "rw")) {
            open.setLength(1);
        }
    }

    private static LlamaModel mapped(Path file) {
        return LlamaModel.open(file, ModelOptions.defaults().withExtraBuffers(false), LoadProgress.NONE);
    }

    private static LlamaContext context(LlamaModel model) {
        return LlamaContext.create(
                model,
                ContextOptions.builder().contextTokens(256).batchTokens(64).build());
    }

    private static DecodeStatus decode(LlamaModel model, LlamaContext context) {
        LlamaBatch batch = new LlamaBatch(64);
        TinyModel.prompt(batch, model.vocabulary().tokenize("hello", true, false), 0);
        return context.decode(batch);
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void aFileThatShrinksWhileItIsUsedIsAnException(boolean deleted) throws IOException {
        Path file = copy("shrinks.gguf");
        try (LlamaModel model = mapped(file);
                LlamaContext context = context(model)) {
            assertThat(decode(model, context)).isEqualTo(DecodeStatus.OK);
            context.memory().clear();
            if (deleted) {
                Path other = Files.createLink(folder.resolve("other.gguf"), file);
                Files.delete(file);
                shrink(other);
            } else {
                shrink(file);
            }

            assertThatThrownBy(() -> decode(model, context))
                    .isInstanceOf(NativeAbortException.class)
                    .hasMessageContaining("has shrunk");
            assertThatThrownBy(() -> decode(model, context)).isInstanceOf(IllegalStateException.class);
            try (LlamaContext another = context(model)) {
                assertThatThrownBy(() -> decode(model, another)).isInstanceOf(NativeAbortException.class);
            }
        }
    }

    @Test
    void anotherModelIsNotAffected() throws IOException {
        Path file = copy("other.gguf");
        try (LlamaModel whole = mapped(copy("whole.gguf"));
                LlamaContext wholeContext = context(whole);
                LlamaModel model = mapped(file);
                LlamaContext context = context(model)) {
            shrink(file);
            assertThatThrownBy(() -> decode(model, context)).isInstanceOf(NativeAbortException.class);

            assertThat(decode(whole, wholeContext)).isEqualTo(DecodeStatus.OK);
        }
    }

    @Test
    void aFileThatShrinksWhileItIsLoadedIsAnException() throws IOException {
        Path file = copy("loads.gguf");
        ModelOptions options = ModelOptions.defaults().withCheckTensors(true);

        assertThatThrownBy(() -> LlamaModel.open(file, options, fraction -> {
                    try {
                        shrink(file);
                        return true;
                    } catch (IOException e) {
                        throw new java.io.UncheckedIOException(e);
                    }
                }))
                .isInstanceOf(LlamaException.class);
    }

    @Test
    void aGuardEndsWithItsModel() throws IOException {
        for (int i = 0; i < 600; i++) {
            LlamaModel.open(TinyModel.file(), ModelOptions.defaults().withVocabularyOnly(true), LoadProgress.NONE)
                    .close();
        }
        assertThat(TinyModel.file()).exists();
    }
}
