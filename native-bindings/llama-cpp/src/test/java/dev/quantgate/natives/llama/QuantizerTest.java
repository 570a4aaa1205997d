package dev.quantgate.natives.llama;

import static dev.quantgate.natives.llama.bindings.global.llama.llama_model_quantize;
import static dev.quantgate.natives.llama.bindings.global.llama.llama_model_quantize_default_params;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.within;

import dev.quantgate.natives.llama.bindings.llama_model_quantize_params;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CancellationException;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class QuantizerTest {
    private static final int TENSORS = 3 + 2 * 9;

    @TempDir
    Path folder;

    @ParameterizedTest
    @EnumSource
    void theResultIsAModelOfThatTypeUnlessAnImportanceMatrixIsMissing(QuantizationType type) throws IOException {
        Path target = folder.resolve("out.gguf");
        QuantizeOptions options = QuantizeOptions.of(type, 2);
        if (Quantizer.plan(TinyModel.file(), options).needsImportanceMatrix()) {
            assertFails(TinyModel.file(), options, "imatrix");
            return;
        }

        run(TinyModel.file(), target, options, QuantizeListener.NONE, new CancelFlag());

        try (LlamaModel model = LlamaModel.open(target, ModelOptions.defaults(), LoadProgress.NONE)) {
            assertThat(model.metadata()).containsEntry("general.file_type", String.valueOf(type.nativeId()));
            assertThat(model.vocabulary().size()).isEqualTo(512);
            try (LlamaContext context = LlamaContext.create(
                    model,
                    ContextOptions.builder().contextTokens(64).batchTokens(32).build())) {
                LlamaBatch batch = new LlamaBatch(32);
                int row = TinyModel.prompt(batch, model.vocabulary().tokenize("hello", true, false), 0);
                assertThat(context.decode(batch)).isEqualTo(DecodeStatus.OK);
                assertThat(context.logits(row).get(7)).isFinite();
            }
        }
    }

    @Test
    void hearsOfEveryTensorInOrder() {
        List<QuantizedTensor> heard = quantize(QuantizationType.Q8_0, "out.gguf");

        assertThat(heard).hasSize(TENSORS);
        assertThat(heard).extracting(QuantizedTensor::index).isSorted().endsWith(TENSORS);
        assertThat(heard).extracting(QuantizedTensor::count).containsOnly(TENSORS);
        assertThat(heard)
                .contains(new QuantizedTensor(
                        indexOf(heard, "blk.0.attn_q.weight"),
                        TENSORS,
                        "blk.0.attn_q.weight",
                        TensorType.F16,
                        TensorType.Q8_0,
                        256 * 256 * 2,
                        256 * 256 / 32 * 34))
                .filteredOn(tensor -> tensor.from() == TensorType.F32)
                .allMatch(tensor -> tensor.to() == TensorType.F32)
                .hasSize(5);
    }

    @Test
    void theOutputDoesNotDependOnTheNumberOfThreads() throws IOException {
        quantize(QuantizationType.Q4_K_M, "two.gguf");
        run(
                TinyModel.file(),
                folder.resolve("one.gguf"),
                QuantizeOptions.of(QuantizationType.Q4_K_M, 1),
                QuantizeListener.NONE,
                new CancelFlag());

        assertThat(folder.resolve("one.gguf")).hasSameBinaryContentAs(folder.resolve("two.gguf"));
    }

    @ParameterizedTest
    @EnumSource(names = {"Q8_0", "Q4_K_M", "IQ4_XS", "Q2_K", "F16", "F32", "BF16"})
    void theOutputIsThatOfLlamaCpp(QuantizationType type) throws IOException {
        assertSameAsLlamaCpp(TinyModel.file(), type);
    }

    /** Conversions from and to some types are our own. */
    @ParameterizedTest
    @EnumSource(names = {"F16", "BF16", "Q4_1", "Q4_0", "Q8_0"})
    void theOutputIsThatOfLlamaCppWhateverTheSourcesType(QuantizationType source) throws IOException {
        quantize(source, "source.gguf");

        for (QuantizationType type : List.of(QuantizationType.Q8_0, QuantizationType.Q5_1, QuantizationType.F32)) {
            assertSameAsLlamaCpp(folder.resolve("source.gguf"), type);
        }
    }

    private void assertSameAsLlamaCpp(Path source, QuantizationType type) throws IOException {
        QuantizeOptions options = QuantizeOptions.of(type, 2).withAllowRequantize(true);
        run(source, folder.resolve("ours.gguf"), options, QuantizeListener.NONE, new CancelFlag());
        Path theirs = folder.resolve("theirs.gguf");
        try (llama_model_quantize_params params = llama_model_quantize_default_params()) {
            params.ftype(type.nativeId()).nthread(1).allow_requantize(true);
            assertThat(llama_model_quantize(source.toString(), theirs.toString(), params))
                    .isZero();
        }
        assertThat(folder.resolve("ours.gguf")).hasSameBinaryContentAs(theirs);
    }

    @Test
    void aSourceThatIsCutWhileItIsReadIsAnError() throws IOException {
        Path source = Files.copy(TinyModel.file(), folder.resolve("source.gguf"));
        QuantizeOptions options = QuantizeOptions.of(QuantizationType.Q8_0, 2);
        QuantizePlan plan = Quantizer.plan(source, options);
        try (FileChannel file = FileChannel.open(source, StandardOpenOption.WRITE)) {
            file.truncate(file.size() - 1000);
        }

        assertThatExceptionOfType(LlamaException.class)
                .isThrownBy(() -> Quantizer.quantize(
                        source, folder.resolve("out.gguf"), options, plan, QuantizeListener.NONE, new CancelFlag()));
    }

    @Test
    void thePlanIsWhatHappens() throws IOException {
        QuantizePlan plan = Quantizer.plan(TinyModel.file(), QuantizeOptions.of(QuantizationType.Q4_K_M, 1));

        List<QuantizedTensor> done = quantize(QuantizationType.Q4_K_M, "out.gguf");

        assertThat(plan.tensors()).isEqualTo(done);
        assertThat(plan.needsImportanceMatrix()).isFalse();
        assertThat(plan.outputBytes()).isCloseTo(Files.size(folder.resolve("out.gguf")), within(4096L));
    }

    @Test
    void aPlanTellsOfRowsThatFitNoBlock() throws IOException {
        Path narrow = folder.resolve("narrow.gguf");
        new TinyGguf(192, 1, 512).writeTo(narrow);

        QuantizePlan plan = Quantizer.plan(narrow, QuantizeOptions.of(QuantizationType.Q4_K_M, 1));

        assertThat(plan.tensors())
                .filteredOn(tensor -> tensor.name().equals("blk.0.attn_q.weight"))
                .extracting(QuantizedTensor::to)
                .containsExactly(TensorType.Q5_0);
    }

    @Test
    void anExtremeTypeNeedsAnImportanceMatrix() throws IOException {
        QuantizeOptions options = QuantizeOptions.of(QuantizationType.IQ2_XXS, 1);

        assertThat(Quantizer.plan(TinyModel.file(), options).needsImportanceMatrix())
                .isTrue();
        assertFails(TinyModel.file(), options, "imatrix");

        Map<String, float[]> matrix = new HashMap<>();
        for (QuantizedTensor tensor : Quantizer.plan(TinyModel.file(), options).tensors()) {
            float[] ones = new float[tensor.name().contains("ffn_down") ? 512 : 256];
            Arrays.fill(ones, 1);
            matrix.put(tensor.name(), ones);
        }
        run(
                TinyModel.file(),
                folder.resolve("iq.gguf"),
                options.withImportanceMatrix(matrix),
                QuantizeListener.NONE,
                new CancelFlag());
        assertThat(folder.resolve("iq.gguf")).isNotEmptyFile();
    }

    @Test
    void aSetFlagStopsItAtTheNextTensor() {
        CancelFlag cancel = new CancelFlag();
        List<QuantizedTensor> heard = new ArrayList<>();

        assertThatExceptionOfType(CancellationException.class)
                .isThrownBy(() -> run(
                        TinyModel.file(),
                        folder.resolve("out.gguf"),
                        QuantizeOptions.of(QuantizationType.Q4_K_M, 2),
                        tensor -> {
                            heard.add(tensor);
                            if (tensor.index() == 4) {
                                cancel.cancel();
                            }
                        },
                        cancel));

        assertThat(heard).hasSize(4);
    }

    @Test
    void anExceptionOfTheListenerReachesTheCaller() {
        assertThatExceptionOfType(UnsupportedOperationException.class)
                .isThrownBy(() -> run(
                        TinyModel.file(),
                        folder.resolve("out.gguf"),
                        QuantizeOptions.of(QuantizationType.Q8_0, 1),
                        tensor -> {
                            throw new UnsupportedOperationException("no");
                        },
                        new CancelFlag()));
    }

    @Test
    void explainsWhyASourceIsRefused() throws IOException {
        QuantizeOptions options = QuantizeOptions.of(QuantizationType.Q8_0, 1);
        byte[] whole = Files.readAllBytes(TinyModel.file());
        Path truncated = Files.write(folder.resolve("cut.gguf"), Arrays.copyOf(whole, whole.length / 2));

        assertFails(folder.resolve("missing.gguf"), options, "failed to open");
        assertFails(truncated, options, "not within the file bounds");
    }

    @Test
    void aQuantisedSourceNeedsPermission() {
        quantize(QuantizationType.Q8_0, "q8.gguf");
        Path source = folder.resolve("q8.gguf");
        QuantizeOptions options = QuantizeOptions.of(QuantizationType.Q4_0, 1);

        assertFails(source, options, "requantizing from type q8_0 is disabled");
        run(
                source,
                folder.resolve("q4.gguf"),
                options.withAllowRequantize(true),
                QuantizeListener.NONE,
                new CancelFlag());
    }

    @Test
    void aTargetThatCannotBeWrittenIsAnError() {
        assertThatExceptionOfType(LlamaException.class)
                .isThrownBy(() -> run(
                        TinyModel.file(),
                        folder.resolve("no/such/folder.gguf"),
                        QuantizeOptions.of(QuantizationType.Q8_0, 1),
                        QuantizeListener.NONE,
                        new CancelFlag()));
    }

    @Test
    void runsNextToADecodingContextWithoutMixingTheirLogs() throws InterruptedException {
        AtomicBoolean stop = new AtomicBoolean();
        List<DecodeStatus> failures = new ArrayList<>();
        Thread decoder = new Thread(() -> {
            try (LlamaContext context = TinyModel.context(1)) {
                LlamaBatch batch = new LlamaBatch(16);
                TinyModel.prompt(batch, TinyModel.tokens("hello"), 0);
                while (!stop.get()) {
                    context.memory().clear();
                    DecodeStatus status = context.decode(batch);
                    if (status != DecodeStatus.OK) {
                        failures.add(status);
                    }
                }
            }
        });
        decoder.start();
        try {
            for (int i = 0; i < 3; i++) {
                assertThat(quantize(QuantizationType.Q8_0, "out" + i + ".gguf")).hasSize(TENSORS);
            }
        } finally {
            stop.set(true);
            decoder.join();
        }
        assertThat(failures).isEmpty();
    }

    private List<QuantizedTensor> quantize(QuantizationType type, String target) {
        List<QuantizedTensor> heard = new ArrayList<>();
        run(TinyModel.file(), folder.resolve(target), QuantizeOptions.of(type, 2), heard::add, new CancelFlag());
        return heard;
    }

    private static void run(
            Path source, Path target, QuantizeOptions options, QuantizeListener listener, CancelFlag cancel) {
        try {
            Quantizer.quantize(source, target, options, Quantizer.plan(source, options), listener, cancel);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void assertFails(Path source, QuantizeOptions options, String reason) {
        assertThatExceptionOfType(LlamaException.class)
                .isThrownBy(() ->
                        run(source, folder.resolve("failed.gguf"), options, QuantizeListener.NONE, new CancelFlag()))
                .withMessageContaining(reason);
    }

    private static int indexOf(List<QuantizedTensor> tensors, String name) {
        return tensors.stream()
                .filter(tensor -> tensor.name().equals(name))
                .findFirst()
                .orElseThrow()
                .index();
    }
}
