package dev.quantgate.worker.torch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.quantgate.worker.api.Cancellation;
import dev.quantgate.worker.api.FailureKind;
import dev.quantgate.worker.api.ModelRef;
import dev.quantgate.worker.api.QuantizationReport;
import dev.quantgate.worker.api.QuantizationType;
import dev.quantgate.worker.api.WorkerException;
import dev.quantgate.worker.api.backend.Backend;
import dev.quantgate.worker.api.backend.LoadedModel;
import dev.quantgate.worker.api.backend.QuantizationJob;
import dev.quantgate.worker.api.inference.TextTask;
import dev.quantgate.worker.api.inference.TextTask.TextPair;
import dev.quantgate.worker.api.inference.TextTask.Truncation;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class QuantizeTest {

    private final Backend backend = BackendFixture.backend(Map.of());

    @TempDir
    private Path output;

    @AfterEach
    void close() {
        backend.close();
    }

    @ParameterizedTest
    @CsvSource({
        "distilbert-seq, dynamic_int8",
        "distilbert-seq, dynamic_int8_embed8",
        "distilbert-seq, dynamic_int8_parity",
        "distilbert-seq, bf16",
        "bert-seq, fp32_embed8",
        "roberta-mlm, dynamic_int8",
        "roberta-mlm, dynamic_int8_embed8",
        "bert-mlm, dynamic_int8_parity_embed8",
        "xlm-roberta-tok, dynamic_int8",
        "bert-base, bf16_embed8"
    })
    void everyTypeIsSmallerLoadsAndAnswersAlike(String name, String type) {
        QuantizationJob job = BackendFixture.job(backend, BackendFixture.model(name), output, type);
        List<Double> fractions = new ArrayList<>();

        QuantizationReport report =
                backend.quantize(job, (fraction, step) -> fractions.add(fraction), new Cancellation());

        assertThat(fractions).isSorted().endsWith(1.0);
        assertThat(report.quality().get("cosine_mean")).isGreaterThan(0.98);
        assertThat(report.quality().get("latency_after_ms")).isPositive();
        assertThat(backend.inspect(output).quantizationType()).isEqualTo(type);
        assertThat(backend.inspect(output).quantized()).isEqualTo(!type.equals("bf16"));
        assertThat(report.quantizedBytes()).isEqualTo(backend.quantizedSizeBytes(job));
        assertThat(output.resolve("quantization_report.json")).exists();
    }

    @Test
    void aQuantisedClassifierKeepsItsLabels() throws Exception {
        Path source = BackendFixture.model("distilbert-seq");
        backend.quantize(
                BackendFixture.job(backend, source, output, "dynamic_int8"), BackendFixture.SILENT, new Cancellation());
        TextTask.Classify task = new TextTask.Classify(
                ModelRef.of("test"),
                List.of(new TextPair("The river is cold.", Optional.empty()), new TextPair("Win!", Optional.of("Now"))),
                1,
                Truncation.END);
        try (LoadedModel before = BackendFixture.load(backend, source);
                LoadedModel after = BackendFixture.load(backend, output)) {
            var expected = BackendFixture.answer(before, task).results();
            var actual = BackendFixture.answer(after, task).results();

            for (int i = 0; i < expected.size(); i++) {
                var label = expected.get(i).labels().get(0);
                assertThat(actual.get(i).labels().get(0).label()).isEqualTo(label.label());
                assertThat(actual.get(i).labels().get(0).score()).isCloseTo(label.score(), within(0.05f));
            }
        }
    }

    @Test
    void aQuantisedSourceIsRefused(@TempDir Path second) {
        backend.quantize(
                BackendFixture.job(backend, BackendFixture.model("distilbert-seq"), output, "dynamic_int8"),
                BackendFixture.SILENT,
                new Cancellation());

        assertFails(
                () -> backend.quantize(
                        BackendFixture.job(backend, output, second, "dynamic_int8"),
                        BackendFixture.SILENT,
                        new Cancellation()),
                FailureKind.FAILED_PRECONDITION);
    }

    @Test
    void cancellingLeavesNoWeights() {
        Cancellation cancellation = new Cancellation();

        assertFails(
                () -> backend.quantize(
                        BackendFixture.job(backend, BackendFixture.model("bert-seq"), output, "dynamic_int8"),
                        (fraction, step) -> cancellation.cancel(),
                        cancellation),
                FailureKind.CANCELLED);
        assertThat(output.resolve("model.safetensors")).doesNotExist();
        assertThat(output.resolve("model.safetensors.part")).doesNotExist();
    }

    @Test
    void anUnknownPrecisionIsRefused() {
        QuantizationType unknown = new QuantizationType("int3", "libtorch", 3, false, "", false);

        assertFails(
                () -> backend.quantize(
                        new QuantizationJob(BackendFixture.model("bert-seq"), output, unknown, false, Optional.empty()),
                        BackendFixture.SILENT,
                        new Cancellation()),
                FailureKind.INVALID_REQUEST);
    }

    @Test
    void aDecoderThatSharesTheEmbeddingsNeedsAnInt8Precision() {
        assertFails(
                () -> backend.quantize(
                        BackendFixture.job(backend, BackendFixture.model("bert-mlm"), output, "bf16_embed8"),
                        BackendFixture.SILENT,
                        new Cancellation()),
                FailureKind.INVALID_REQUEST);
    }

    @Test
    void theSourceIsServedWhileItIsQuantised() throws Exception {
        Path source = BackendFixture.model("roberta-seq");
        TextTask.Classify task = new TextTask.Classify(
                ModelRef.of("test"), List.of(new TextPair("word", Optional.empty())), 1, Truncation.END);
        try (LoadedModel model = BackendFixture.load(backend, source)) {
            var expected = BackendFixture.answer(model, task).results().get(0).labels();
            List<Object> during = new ArrayList<>();
            backend.quantize(
                    BackendFixture.job(backend, source, output, "dynamic_int8"),
                    (fraction, step) -> {
                        try {
                            during.add(BackendFixture.answer(model, task)
                                    .results()
                                    .get(0)
                                    .labels());
                        } catch (Exception e) {
                            during.add(e);
                        }
                    },
                    new Cancellation());

            assertThat(during)
                    .isNotEmpty()
                    .allSatisfy(labels -> assertThat(labels).isEqualTo(expected));
        }
        assertThat(source.resolve("model.safetensors.part")).doesNotExist();
    }

    private static void assertFails(Runnable work, FailureKind kind) {
        assertThatThrownBy(work::run)
                .isInstanceOfSatisfying(
                        WorkerException.class,
                        e -> assertThat(e.failure().kind()).isEqualTo(kind));
    }
}
