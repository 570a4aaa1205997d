package dev.quantgate.worker.llamacpp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.quantgate.worker.api.CallContext;
import dev.quantgate.worker.api.Cancellation;
import dev.quantgate.worker.api.FailureKind;
import dev.quantgate.worker.api.QuantizationType;
import dev.quantgate.worker.api.WorkerException;
import dev.quantgate.worker.api.WorkerFailure;
import dev.quantgate.worker.api.backend.BackendProvider;
import dev.quantgate.worker.api.backend.BackendSettings;
import dev.quantgate.worker.api.backend.LoadOptions;
import dev.quantgate.worker.api.backend.QuantizationJob;
import dev.quantgate.worker.api.inference.GenerateRequest;
import dev.quantgate.worker.llamacpp.gguf.TinyGguf;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Map;
import java.util.Optional;
import java.util.ServiceLoader;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(120)
class LlamaCppBackendTest {
    @TempDir
    private Path folder;

    private Path file;

    @BeforeEach
    void writeModel() {
        file = TinyGguf.llama().writeTo(folder.resolve("tiny.gguf"));
    }

    private static LlamaCppBackend backend(long memoryLimitBytes, Map<String, String> options) {
        return new LlamaCppBackend(new BackendSettings(1, memoryLimitBytes, 0, 2, 2, options));
    }

    private static LlamaCppBackend backend() {
        return backend(1L << 30, Map.of());
    }

    private static FailureKind failure(ThrowingCallable call) {
        try {
            call.call();
        } catch (Throwable e) {
            return WorkerFailure.find(e).map(WorkerFailure::kind).orElseThrow();
        }
        throw new AssertionError("nothing was thrown");
    }

    private static void load(LlamaCppBackend backend, Path file, Cancellation cancellation) {
        backend.load(file, new LoadOptions("tiny", 0), (fraction, step) -> {}, cancellation)
                .close();
    }

    private QuantizationJob job(LlamaCppBackend backend, String type, Path source, boolean allowRequantize)
            throws IOException {
        QuantizationType named = backend.quantizationTypes().stream()
                .filter(offered -> offered.name().equals(type))
                .findFirst()
                .orElseThrow();
        var output = Files.createTempDirectory(folder, "variant");
        return new QuantizationJob(source, output, named, allowRequantize, Optional.empty());
    }

    @Test
    void theServiceLoaderFindsIt() {
        assertThat(ServiceLoader.load(BackendProvider.class))
                .extracting(BackendProvider::name)
                .contains("llama.cpp");
    }

    @Test
    void describesAModel() {
        try (var backend = backend()) {
            assertThat(backend.recognizes(file)).isTrue();
            var info = backend.inspect(file);

            assertThat(info.modelType()).isEqualTo("llama");
            assertThat(info.quantizationType()).isEqualTo("F16");
            assertThat(info.quantized()).isFalse();
            assertThat(info.dimensions()).containsEntry("embedding_length", 256L);
        }
    }

    @Test
    void damagedFilesAreRefusedBeforeNativeCodeSeesThem() throws IOException {
        try (var backend = backend()) {
            var bytes = Files.readAllBytes(file);
            var empty = Files.write(folder.resolve("empty.gguf"), new byte[0]);
            var truncated = Files.write(folder.resolve("truncated.gguf"), Arrays.copyOf(bytes, bytes.length / 2));
            var other = Files.writeString(folder.resolve("other.gguf"), "not a model");

            for (var damaged : new Path[] {empty, truncated, other, folder.resolve("missing.gguf")}) {
                assertThat(failure(() -> load(backend, damaged, new Cancellation())))
                        .isEqualTo(FailureKind.INVALID_MODEL);
            }
            assertThat(backend.recognizes(other)).isFalse();
        }
    }

    @Test
    void aModelBeyondTheMemoryLimitIsRefusedWithBothFigures() {
        try (var backend = backend(1 << 20, Map.of())) {
            assertThatThrownBy(() -> load(backend, file, new Cancellation()))
                    .isInstanceOfSatisfying(WorkerException.class, e -> {
                        assertThat(e.failure().kind()).isEqualTo(FailureKind.OUT_OF_MEMORY);
                        assertThat(e.failure().message()).contains("1048576").containsPattern("needs \\d+ bytes");
                    });
        }
    }

    @Test
    void closingAModelFreesItsShareOfTheMemory() {
        try (var probe = backend()) {
            var model = probe.load(file, new LoadOptions("a", 0), (f, s) -> {}, new Cancellation());
            var bytes = model.memoryBytes();
            try (var backend = backend(bytes * 3 / 2, Map.of("kv_tokens", "512"))) {
                load(backend, file, new Cancellation());
                load(backend, file, new Cancellation());
            }
        }
    }

    @Test
    void aLoadCanBeCancelled() {
        try (var backend = backend()) {
            var cancellation = new Cancellation();
            cancellation.cancel();

            assertThat(failure(() -> load(backend, file, cancellation))).isEqualTo(FailureKind.CANCELLED);
        }
    }

    @Test
    void unknownAndWrongOptionsAreRefused() {
        assertThatThrownBy(() -> backend(1, Map.of("kv_typ", "f16"))).hasMessageContaining("unknown");
        assertThatThrownBy(() -> backend(1, Map.of("kv_type_k", "q2_x"))).hasMessageContaining("q2_x");
        assertThatThrownBy(() -> backend(1, Map.of("mmap", "yes"))).hasMessageContaining("true or false");
        assertThatThrownBy(() -> backend(1, Map.of("kv_type_v", "q8_0", "flash_attention", "off")))
                .hasMessageContaining("flash_attention");
    }

    @Test
    void aQuantizedCacheWorks() throws Exception {
        try (var backend = backend(1L << 30, Map.of("kv_type_k", "q8_0", "kv_type_v", "q8_0"));
                var model = backend.load(file, new LoadOptions("tiny", 0), (f, s) -> {}, new Cancellation())) {
            var end = TestStream.start(model, Generate.prompt("hello").build()).completed();

            assertThat(end.completionTokens()).isEqualTo(16);
        }
    }

    @Test
    void withTheDeterministicOptionATextIsTheSameAloneAndInABatch() throws Exception {
        var settings = new BackendSettings(1, 1L << 30, 0, 6, 8, Map.of("deterministic", "true"));
        try (var backend = new LlamaCppBackend(settings);
                var model = backend.load(
                        quantized(backend), new LoadOptions("tiny", 0), (f, s) -> {}, new Cancellation())) {
            for (boolean sampled : new boolean[] {false, true}) {
                var alone = new ArrayList<String>();
                for (int i = 0; i < 6; i++) {
                    alone.add(TestStream.start(model, numbered(i, sampled)).text());
                }
                var together = new ArrayList<TestStream>();
                for (int i = 0; i < 6; i++) {
                    var stream = TestStream.start(model, numbered(i, sampled));
                    stream.awaitFirstItem();
                    together.add(stream);
                }
                for (int i = 0; i < 6; i++) {
                    assertThat(together.get(i).text()).isEqualTo(alone.get(i));
                }
            }
        }
    }

    /** Half precision has one kernel for single tokens and another for batches; those of 8 bits agree. */
    private Path quantized(LlamaCppBackend backend) throws IOException {
        var job = job(backend, "Q8_0", file, false);
        backend.quantize(job, (f, s) -> {}, new Cancellation());
        return job.outputFolder().resolve("model.gguf");
    }

    private static GenerateRequest numbered(int i, boolean sampled) {
        var request = Generate.prompt("Request number " + i + " of several").maxTokens(40);
        return (sampled ? request.seed(100 + i) : request).build();
    }

    @Test
    void quantizesAndReportsTheRealMix() throws Exception {
        try (var backend = backend()) {
            var job = job(backend, "Q4_K_M", file, false);
            var steps = new ArrayList<Double>();

            var predicted = backend.quantizedSizeBytes(job);
            var report = backend.quantize(job, (fraction, step) -> steps.add(fraction), new Cancellation());

            var output = job.outputFolder().resolve("model.gguf");
            assertThat(steps).isSorted().last().isEqualTo(1.0);
            assertThat(report.quantizedBytes()).isLessThan(report.sourceBytes() / 2);
            assertThat(report.tensorTypes()).containsKey("Q4_K").containsKey("F32");
            assertThat(Files.size(output)).isLessThanOrEqualTo(predicted + 65_536);
            assertThat(backend.inspect(output).quantizationType()).isEqualTo("Q4_K_M");
        }
    }

    @Test
    void aTrialGeneratesWithLessMemory() throws Exception {
        try (var backend = backend();
                var trial = backend.load(file, LoadOptions.forTrial("tiny", 64), (f, s) -> {}, new Cancellation());
                var served = backend.load(file, new LoadOptions("tiny", 64), (f, s) -> {}, new Cancellation())) {
            var end = TestStream.start(
                            trial, Generate.prompt("hello").maxTokens(4).build())
                    .completed();

            assertThat(end.completionTokens()).isPositive();
            assertThat(trial.memoryBytes()).isLessThan(served.memoryBytes());
        }
    }

    @Test
    void aQuantizedSourceNeedsPermission() throws Exception {
        try (var backend = backend()) {
            var first = job(backend, "Q8_0", file, false);
            backend.quantize(first, (f, s) -> {}, new Cancellation());
            var quantized = first.outputFolder().resolve("model.gguf");

            var refused = job(backend, "Q4_0", quantized, false);
            assertThat(failure(() -> backend.quantize(refused, (f, s) -> {}, new Cancellation())))
                    .isEqualTo(FailureKind.FAILED_PRECONDITION);
            var allowed = job(backend, "Q4_0", quantized, true);
            assertThat(backend.quantize(allowed, (f, s) -> {}, new Cancellation())
                            .tensorTypes())
                    .containsKey("Q4_0");
        }
    }

    @Test
    void aTypeThatNeedsAnImportanceMatrixIsRefusedWithThatReason() throws Exception {
        try (var backend = backend()) {
            var job = job(backend, "IQ2_XXS", file, false);

            assertThatThrownBy(() -> backend.quantize(job, (f, s) -> {}, new Cancellation()))
                    .hasMessageContaining("importance matrix");
        }
    }

    @Test
    void aCancelledQuantizationLeavesNothing() throws Exception {
        try (var backend = backend()) {
            var job = job(backend, "Q8_0", file, false);
            var cancellation = new Cancellation();
            cancellation.cancel();

            assertThat(failure(() -> backend.quantize(job, (f, s) -> {}, cancellation)))
                    .isEqualTo(FailureKind.CANCELLED);
            assertThat(job.outputFolder()).isEmptyDirectory();
        }
    }

    @Test
    void abortEndsStreamsAndALaterRequestIsRefused() throws Exception {
        try (var backend = backend()) {
            var model = backend.load(file, new LoadOptions("tiny", 0), (f, s) -> {}, new Cancellation());
            var stream = TestStream.start(
                    model, Generate.prompt("run").maxTokens(500).build());
            stream.awaitFirstItem();

            model.abort();
            model.close();

            assertThat(stream.failure().kind()).isEqualTo(FailureKind.UNAVAILABLE);
            assertThat(failure(() ->
                            model.generate(Generate.prompt("late").build(), CallContext.of("late"), new TestStream())))
                    .isEqualTo(FailureKind.UNAVAILABLE);
        }
    }

    @Test
    void aChatWithoutTemplateIsUnsupported() {
        var plain = folder.resolve("plain.gguf");
        TinyGguf.llama().file().remove("tokenizer.chat_template").writeTo(plain);
        try (var backend = backend();
                var model = backend.load(plain, new LoadOptions("plain", 0), (f, s) -> {}, new Cancellation())) {
            assertThat(failure(() ->
                            model.generate(Generate.chat("hello").build(), CallContext.of("chat"), new TestStream())))
                    .isEqualTo(FailureKind.UNSUPPORTED);
        }
    }
}
