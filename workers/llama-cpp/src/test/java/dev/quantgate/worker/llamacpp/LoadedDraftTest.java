package dev.quantgate.worker.llamacpp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.quantgate.worker.api.Cancellation;
import dev.quantgate.worker.api.FailureKind;
import dev.quantgate.worker.api.WorkerFailure;
import dev.quantgate.worker.api.backend.BackendSettings;
import dev.quantgate.worker.api.backend.LoadOptions;
import dev.quantgate.worker.api.backend.LoadedModel;
import dev.quantgate.worker.llamacpp.gguf.GgmlType;
import dev.quantgate.worker.llamacpp.gguf.TinyGguf;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A draft model beside its model; where both are the same file every guess comes true. */
@Timeout(240)
class LoadedDraftTest {
    @TempDir
    private Path folder;

    private Path model() {
        return TinyGguf.llama().type(GgmlType.F32).writeTo(folder.resolve("model.gguf"));
    }

    private static LlamaCppBackend backend(Path draft, long limitBytes) {
        return new LlamaCppBackend(
                new BackendSettings(1, limitBytes, 512, 4, 8, Map.of("draft_model", draft.toString())));
    }

    private static LoadedModel load(LlamaCppBackend backend, Path file) {
        return backend.load(file, new LoadOptions("model", 0), (fraction, step) -> {}, new Cancellation());
    }

    @Test
    void textsAreTheSameAloneAndTogether() throws Exception {
        var file = model();
        try (var backend = backend(file, 1L << 30);
                var model = load(backend, file)) {
            var prompts = List.of("alpha", "beta and more", "gamma", "delta delta");
            var expected = new ArrayList<String>();
            for (var prompt : prompts) {
                var plain = Generate.prompt(prompt).maxTokens(100).withoutSpeculation();
                expected.add(TestStream.start(model, plain.build()).text());
            }
            var together = new ArrayList<TestStream>();
            for (var prompt : prompts) {
                together.add(TestStream.start(
                        model, Generate.prompt(prompt).maxTokens(100).build()));
            }
            for (int i = 0; i < prompts.size(); i++) {
                assertThat(together.get(i).text()).isEqualTo(expected.get(i));
            }
        }
    }

    @Test
    void memoryOfBothIsCounted() {
        var file = model();
        long alone;
        try (var backend = new LlamaCppBackend(new BackendSettings(1, 1L << 30, 512, 4, 8, Map.of()));
                var model = load(backend, file)) {
            alone = model.memoryBytes();
        }
        try (var backend = backend(file, 1L << 30);
                var model = load(backend, file)) {
            assertThat(model.memoryBytes()).isGreaterThan(alone * 3 / 2);
        }
        try (var backend = backend(file, alone * 5 / 4)) {
            assertThat(kind(catchThrowable(() -> load(backend, file)))).isEqualTo(FailureKind.OUT_OF_MEMORY);
        }
    }

    @Test
    void anotherVocabularyIsRefused() {
        var file = model();
        var other = TinyGguf.llama().vocabulary(300).writeTo(folder.resolve("other.gguf"));
        try (var backend = backend(other, 1L << 30)) {
            var failure = catchThrowable(() -> load(backend, file));

            assertThat(kind(failure)).isEqualTo(FailureKind.INVALID_REQUEST);
            assertThat(failure).hasMessageContaining("300 tokens in its vocabulary (expected: the 512 of the model)");
        }
    }

    @Test
    void aFileThatIsNoModelIsRefusedByTheOptionsName() {
        var file = model();
        try (var backend = backend(folder.resolve("none.gguf"), 1L << 30)) {
            var failure = catchThrowable(() -> load(backend, file));

            assertThat(kind(failure)).isEqualTo(FailureKind.INVALID_REQUEST);
            assertThat(WorkerFailure.find(failure).orElseThrow().toString()).contains("options.draft_model");
        }
    }

    private static FailureKind kind(Throwable failure) {
        return WorkerFailure.find(failure).orElseThrow().kind();
    }
}
