package dev.quantgate.worker.torch.golden;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import dev.quantgate.natives.torch.CpuFeatures;
import dev.quantgate.natives.torch.DType;
import dev.quantgate.natives.torch.PackedLinear;
import dev.quantgate.natives.torch.QuantizedWeight;
import dev.quantgate.natives.torch.TensorArena;
import dev.quantgate.natives.torch.TorchOps;
import dev.quantgate.natives.torch.TorchRuntime;
import dev.quantgate.natives.torch.TorchScope;
import dev.quantgate.natives.torch.TorchSettings;
import dev.quantgate.natives.torch.TorchTensor;
import dev.quantgate.worker.torch.model.EncoderModel;
import dev.quantgate.worker.torch.model.TokenBatch;
import dev.quantgate.worker.torch.quantize.CheckpointQuantizer;
import dev.quantgate.worker.torch.quantize.Precision;
import dev.quantgate.worker.torch.safetensors.SafetensorsCheckpoint;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class CodesParityTest {
    /** Whether the range is reduced. Where the full one overflows the original's figures hold no more, nor is it used. */
    private static final boolean[] RANGES =
            CpuFeatures.current().int8DotProduct() ? new boolean[] {false, true} : new boolean[] {true};

    private static final float LINEAR_TOLERANCE = 1e-5f;
    // A difference in the last bit may round one activation to its neighbour, one step of 127.
    private static final float MODEL_TOLERANCE = 1e-2f;

    @BeforeAll
    static void start() {
        TorchRuntime.start(TorchSettings.defaults());
    }

    @ParameterizedTest
    @ValueSource(strings = {"bert-seq", "roberta-seq", "xlm-roberta-seq", "distilbert-seq"})
    void codesAndScalesOfEveryLinearEqualTheOriginal(String name) throws IOException {
        JsonNode linears = Golden.json("expected/" + name + "-int8.json").path("linears");
        assertThat(linears).isNotEmpty();
        try (SafetensorsCheckpoint checkpoint = SafetensorsCheckpoint.open(Golden.model(name));
                Golden golden = Golden.expected(name + "-int8")) {
            for (JsonNode linear : linears) {
                String layer = linear.asText();
                TorchScope.run(() -> {
                    TorchTensor weight = weight(checkpoint, layer);
                    assertSame(QuantizedWeight.perTensor(weight), golden, "per_tensor." + layer);
                    assertSame(QuantizedWeight.perChannel(weight), golden, "per_channel." + layer);
                });
            }
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"bert-seq", "roberta-seq", "xlm-roberta-seq", "distilbert-seq"})
    void oneLinearEqualsTheOriginalOnTheSameEngine(String name) throws IOException {
        String layer =
                Golden.json("expected/" + name + "-int8.json").path("linear").asText();
        try (SafetensorsCheckpoint checkpoint = SafetensorsCheckpoint.open(Golden.model(name));
                Golden golden = Golden.expected(name + "-int8")) {
            long[] shape = golden.shape("linear.input");
            float[] input = golden.floats("linear.input");
            for (boolean perChannel : new boolean[] {false, true}) {
                for (boolean reduced : RANGES) {
                    float[] actual = TorchScope.call(() -> {
                        try (TensorArena arena = new TensorArena()) {
                            TorchTensor weight = weight(checkpoint, layer);
                            PackedLinear packed = PackedLinear.of(
                                    arena,
                                    perChannel ? QuantizedWeight.perChannel(weight) : QuantizedWeight.perTensor(weight),
                                    tensor(checkpoint, layer + ".bias"),
                                    reduced);
                            return packed.apply(TorchTensor.ofFloats(input, shape))
                                    .toFloats();
                        }
                    });

                    float[] expected = golden.floats("linear.onednn." + (perChannel ? "per_channel." : "per_tensor.")
                            + (reduced ? "reduced" : "full"));
                    for (int i = 0; i < expected.length; i++) {
                        assertThat(actual[i]).isCloseTo(expected[i], within(LINEAR_TOLERANCE));
                    }
                }
            }
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"bert-seq", "roberta-seq", "xlm-roberta-seq", "distilbert-seq"})
    void theWholeQuantisedModelAnswersLikeTheOriginal(String name, @TempDir Path folder) throws IOException {
        Files.copy(Golden.model(name).resolve("config.json"), folder.resolve("config.json"));
        new CheckpointQuantizer(Golden.model(name), Precision.DYNAMIC_INT8_PARITY)
                .write(folder, (tensor, count, tensorName) -> {}, () -> false);
        try (EncoderModel model = EncoderModel.load(folder);
                Golden golden = Golden.expected(name + "-int8")) {
            TokenBatch batch = golden.batch("single", model.config().paddingId());

            float[] actual = LogitsParityTest.flatten(model.sequenceScores(batch));

            float[] expected = golden.floats("logits.onednn.per_tensor.reduced");
            for (int i = 0; i < expected.length; i++) {
                assertThat(actual[i]).isCloseTo(expected[i], within(MODEL_TOLERANCE));
            }
        }
    }

    private static void assertSame(QuantizedWeight actual, Golden golden, String name) {
        try {
            assertThat(actual.scales().toFloats()).as(name).containsExactly(golden.floats(name + ".scale"));
            assertThat(actual.codes().toBytes()).as(name).containsExactly(golden.bytes(name + ".codes"));
        } catch (IOException e) {
            throw new AssertionError(name, e);
        }
    }

    private static TorchTensor weight(SafetensorsCheckpoint checkpoint, String layer) {
        return tensor(checkpoint, layer + ".weight");
    }

    private static TorchTensor tensor(SafetensorsCheckpoint checkpoint, String name) {
        try {
            TorchTensor stored = TorchTensor.over(
                    checkpoint.map(name),
                    checkpoint.entry(name).type(),
                    checkpoint.entry(name).dimensions());
            return TorchOps.convert(stored, DType.FLOAT32);
        } catch (IOException e) {
            throw new AssertionError(name, e);
        }
    }
}
