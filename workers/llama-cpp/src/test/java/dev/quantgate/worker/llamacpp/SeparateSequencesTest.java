package dev.quantgate.worker.llamacpp;

import static org.assertj.core.api.Assertions.assertThat;

import dev.quantgate.worker.api.Cancellation;
import dev.quantgate.worker.api.backend.BackendSettings;
import dev.quantgate.worker.api.backend.LoadOptions;
import dev.quantgate.worker.api.backend.LoadedModel;
import dev.quantgate.worker.api.backend.QuantizationJob;
import dev.quantgate.worker.llamacpp.gguf.TinyGguf;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * Native sequences with cells of their own: what is copied between them, and in which order steps are computed. The model
 * is one whose kernels give the same sums for batches of any size, and the prompts are shorter than a tile of attention.
 */
@Timeout(120)
class SeparateSequencesTest {
    private static final String SYSTEM = "Answer in few words, and with care. ";

    @TempDir
    private static Path folder;

    private static LlamaCppBackend backend;
    private static LoadedModel model;

    @BeforeAll
    static void load() throws Exception {
        backend = new LlamaCppBackend(new BackendSettings(1, 1L << 30, 0, 4, 64, Map.of("kv_layout", "separate")));
        model = backend.load(quantized(), new LoadOptions("tiny", 0), (fraction, step) -> {}, new Cancellation());
    }

    private static Path quantized() throws Exception {
        var source = TinyGguf.llama().writeTo(folder.resolve("tiny.gguf"));
        var type = backend.quantizationTypes().stream()
                .filter(offered -> offered.name().equals("Q4_1"))
                .findFirst()
                .orElseThrow();
        var output = Files.createDirectory(folder.resolve("variant"));
        var job = new QuantizationJob(source, output, type, false, Optional.empty());
        backend.quantize(job, (fraction, step) -> {}, new Cancellation());
        return output.resolve("model.gguf");
    }

    @AfterAll
    static void close() {
        backend.close();
    }

    private static Generate request(int i, boolean sampled) {
        var request = Generate.prompt("Request " + "number ".repeat(i % 5) + i + " of several")
                .maxTokens(12 + 7 * (i % 4));
        return sampled ? request.seed(100 + i) : request;
    }

    @Test
    void aCrowdOfRequestsGetsTheTextsThatEachGetsAlone() throws Exception {
        for (boolean sampled : List.of(false, true)) {
            var alone = new ArrayList<String>();
            for (int i = 0; i < 16; i++) {
                alone.add(TestStream.start(model, request(i, sampled).build()).text());
            }
            var together = new ArrayList<TestStream>();
            for (int i = 0; i < 16; i++) {
                together.add(TestStream.start(model, request(i, sampled).build()));
            }
            for (int i = 0; i < 16; i++) {
                assertThat(together.get(i).text()).isEqualTo(alone.get(i));
            }
        }
    }

    @Test
    void aPrefixThatIsCopiedGivesTheSameText() throws Exception {
        var cold = new ArrayList<String>();
        for (int i = 0; i < 4; i++) {
            cold.add(TestStream.start(model, question(i).build()).text());
            // Pushes the prefix out of every place.
            for (int other = 0; other < 4; other++) {
                TestStream.start(
                                model,
                                Generate.prompt(other + " is something else entirely")
                                        .build())
                        .completed();
            }
        }
        var running = new ArrayList<TestStream>();
        for (int i = 0; i < 4; i++) {
            running.add(TestStream.start(model, question(i).build()));
        }

        for (int i = 0; i < 4; i++) {
            assertThat(running.get(i).text()).isEqualTo(cold.get(i));
        }
        assertThat(running.get(3).completed().cachedTokens()).isGreaterThan(8);
    }

    private static Generate question(int i) {
        return Generate.prompt(SYSTEM + "Question " + i).maxTokens(24);
    }

    @Test
    void aTextFillsTheContextOfItsSequenceAndNoMore() throws Exception {
        var streams = new ArrayList<TestStream>();
        for (int i = 0; i < 4; i++) {
            streams.add(TestStream.start(
                    model, Generate.prompt("go " + i).maxTokens(0).build()));
        }

        for (var stream : streams) {
            var end = stream.completed();
            assertThat(end.promptTokens() + end.completionTokens()).isEqualTo(512);
        }
    }
}
