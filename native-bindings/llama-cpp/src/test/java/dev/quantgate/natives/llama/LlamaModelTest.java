package dev.quantgate.natives.llama;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CancellationException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LlamaModelTest {
    private static final ModelOptions DEFAULTS = ModelOptions.defaults();

    @TempDir
    Path folder;

    @Test
    void tellsWhatTheFileSays() {
        LlamaModel model = TinyModel.shared();

        ModelProperties properties = model.properties();
        assertThat(properties.description()).contains("llama").contains("F16");
        assertThat(properties.trainedContextTokens()).isEqualTo(TinyGguf.CONTEXT_TOKENS);
        assertThat(properties.embeddingLength()).isEqualTo(256);
        assertThat(properties.layers()).isEqualTo(2);
        assertThat(properties.heads()).isEqualTo(4);
        assertThat(properties.kvHeads()).isEqualTo(2);
        assertThat(properties.hasEncoder()).isFalse();
        assertThat(properties.hasDecoder()).isTrue();
        assertThat(properties.parameters()).isGreaterThan(1_000_000);
        assertThat(properties.sizeBytes()).isBetween(properties.parameters(), 3 * properties.parameters());
        assertThat(model.metadata())
                .containsEntry("general.architecture", "llama")
                .containsEntry("tokenizer.chat_template", TinyGguf.CHAT_TEMPLATE);
        assertThat(model.chatTemplate()).hasValue(TinyGguf.CHAT_TEMPLATE);
    }

    @Test
    void reportsProgressUpToTheEnd() {
        List<Float> heard = new ArrayList<>();

        LlamaModel.open(TinyModel.file(), DEFAULTS, heard::add).close();

        assertThat(heard).isNotEmpty().isSorted().endsWith(1f);
    }

    @Test
    void aListenerCanStopTheLoad() {
        assertThatExceptionOfType(CancellationException.class)
                .isThrownBy(() -> LlamaModel.open(TinyModel.file(), DEFAULTS, fraction -> false));
    }

    @Test
    void anExceptionOfTheListenerReachesTheCaller() {
        assertThatExceptionOfType(UnsupportedOperationException.class)
                .isThrownBy(() -> LlamaModel.open(TinyModel.file(), DEFAULTS, fraction -> {
                    throw new UnsupportedOperationException("no");
                }));
    }

    @Test
    void loadsInEveryMode() {
        for (ModelOptions options :
                List.of(DEFAULTS.withMmap(false), DEFAULTS.withExtraBuffers(false), DEFAULTS.withCheckTensors(true))) {
            try (LlamaModel model = LlamaModel.open(TinyModel.file(), options, LoadProgress.NONE)) {
                assertThat(model.vocabulary().size()).isEqualTo(512);
            }
        }
        try (LlamaModel model =
                LlamaModel.open(TinyModel.file(), DEFAULTS.withVocabularyOnly(true), LoadProgress.NONE)) {
            assertThat(model.vocabulary().tokenize("hello", true, false)).isEqualTo(TinyModel.tokens("hello"));
        }
    }

    @Test
    void explainsWhyAFileIsRefused() throws IOException {
        Path notGguf = Files.writeString(folder.resolve("text.gguf"), "not a model at all");
        byte[] whole = Files.readAllBytes(TinyModel.file());
        Path truncated = Files.write(folder.resolve("cut.gguf"), Arrays.copyOf(whole, whole.length / 2));

        assertRefused(folder.resolve("missing.gguf"), "failed to open");
        assertRefused(notGguf, "magic");
        assertRefused(truncated, "not within the file bounds");
    }

    @Test
    void aClosedModelRefusesEveryUse() {
        LlamaModel model = LlamaModel.open(TinyModel.file(), DEFAULTS, LoadProgress.NONE);

        model.close();
        model.close();

        assertThatIllegalStateException()
                .isThrownBy(() -> model.vocabulary().tokenize("hello", true, false))
                .withMessage("model is closed");
        assertThatIllegalStateException().isThrownBy(() -> model.vocabulary().piece(5));
        assertThatIllegalStateException().isThrownBy(model::chatTemplate);
        assertThatIllegalStateException().isThrownBy(() -> ChatTemplates.of(model));
        assertThatIllegalStateException()
                .isThrownBy(() ->
                        LlamaContext.create(model, ContextOptions.builder().build()));
    }

    @Test
    void aContextKeepsItsModelInMemory() {
        LlamaModel model = LlamaModel.open(TinyModel.file(), DEFAULTS, LoadProgress.NONE);
        try (LlamaContext context = LlamaContext.create(
                model, ContextOptions.builder().contextTokens(256).build())) {
            model.close();

            LlamaBatch batch = new LlamaBatch(4);
            batch.add(5, 0, 0, true);
            assertThat(context.decode(batch)).isEqualTo(DecodeStatus.OK);
        }
    }

    private static void assertRefused(Path file, String reason) {
        assertThatExceptionOfType(LlamaException.class)
                .isThrownBy(() -> LlamaModel.open(file, DEFAULTS, LoadProgress.NONE))
                .withMessageContaining(reason);
    }
}
