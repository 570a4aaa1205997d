package dev.quantgate.worker.torch.golden;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.quantgate.natives.torch.QuantizedEngine;
import dev.quantgate.natives.torch.TorchRuntime;
import dev.quantgate.natives.torch.TorchSettings;
import dev.quantgate.worker.torch.model.EncoderModel;
import dev.quantgate.worker.torch.model.TokenBatch;
import dev.quantgate.worker.torch.model.TokenInput;
import dev.quantgate.worker.torch.quantize.CheckpointQuantizer;
import dev.quantgate.worker.torch.quantize.Precision;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Our own int8 kernels against the original's float32. */
class FusedParityTest {

    private static final double LEAST_COSINE = 0.99;

    @TempDir
    private Path folder;

    @BeforeAll
    static void start() {
        var info = TorchRuntime.start(TorchSettings.defaults()).info();
        assertThat(info.engine()).isEqualTo(QuantizedEngine.FUSED);
    }

    @ParameterizedTest
    @CsvSource({
        "bert-base, DYNAMIC_INT8",
        "roberta-base, DYNAMIC_INT8",
        "xlm-roberta-base, DYNAMIC_INT8",
        "distilbert-base, DYNAMIC_INT8",
        "bert-base, DYNAMIC_INT8_EMBED8",
        "distilbert-base, DYNAMIC_INT8_EMBED8"
    })
    void statesAreNearTheOriginals(String name, Precision precision) throws IOException {
        try (EncoderModel model = quantized(name, precision);
                Golden golden = Golden.expected(name)) {
            TokenBatch batch = golden.batch("single", model.config().paddingId());
            float[] expected = golden.floats("single.last_hidden_state");
            float[][][] actual = model.hiddenStates(batch);

            for (int input = 0; input < actual.length; input++) {
                for (int token = 0; token < actual[input].length; token++) {
                    int width = actual[input][token].length;
                    int at = (input * batch.tokens() + token) * width;
                    assertThat(cosine(actual[input][token], Arrays.copyOfRange(expected, at, at + width)))
                            .as("input %d, token %d", input, token)
                            .isGreaterThan(LEAST_COSINE);
                }
            }
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"bert-seq", "roberta-seq", "xlm-roberta-seq", "distilbert-seq"})
    void scoresOfPairsAreNearTheOriginals(String name) throws IOException {
        try (EncoderModel model = quantized(name, Precision.DYNAMIC_INT8);
                Golden golden = Golden.expected(name)) {
            TokenBatch batch = golden.batch("pair", model.config().paddingId());
            float[] expected = golden.floats("pair.logits");
            float[] actual = LogitsParityTest.flatten(model.sequenceScores(batch));

            assertThat(cosine(actual, expected)).isGreaterThan(LEAST_COSINE);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"bert-seq", "roberta-seq", "xlm-roberta-seq", "distilbert-seq"})
    void aBatchsAnswersAreThoseOfItsInputsAlone(String name) throws IOException {
        try (EncoderModel model = quantized(name, Precision.DYNAMIC_INT8);
                Golden golden = Golden.expected(name)) {
            int padding = model.config().paddingId();
            TokenBatch batch = golden.batch("single", padding);
            float[][] together = model.sequenceScores(batch);

            for (int i = 0; i < together.length; i++) {
                TokenInput input = batch.inputs().get(i);
                assertThat(together[i])
                        .containsExactly(model.sequenceScores(new TokenBatch(List.of(input), padding))[0]);
            }
        }
    }

    @Test
    void idsBeyondTheTablesAreRefused() throws IOException {
        try (EncoderModel model = quantized("bert-seq", Precision.DYNAMIC_INT8)) {
            long[] good = {1, 2};
            long beyond = model.config().vocabularySize();
            int tokens = model.config().maxTokens() + 1;

            assertRefused(model, new TokenInput(new long[] {1, beyond}, new long[2]), "token id: " + beyond);
            assertRefused(model, new TokenInput(new long[] {1, -1}, new long[2]), "token id: -1");
            assertRefused(model, new TokenInput(good, new long[] {0, 2}), "token type: 2");
            assertRefused(model, new TokenInput(new long[tokens], new long[tokens]), "tokens: " + tokens);
        }
    }

    private static void assertRefused(EncoderModel model, TokenInput input, String message) {
        assertThatThrownBy(() -> model.sequenceScores(new TokenBatch(List.of(input), 0)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining(message);
    }

    private EncoderModel quantized(String name, Precision precision) throws IOException {
        Files.copy(Golden.model(name).resolve("config.json"), folder.resolve("config.json"));
        new CheckpointQuantizer(Golden.model(name), precision).write(folder, (i, count, tensor) -> {}, () -> false);
        return EncoderModel.load(folder);
    }

    private static double cosine(float[] left, float[] right) {
        double dot = 0;
        double a = 0;
        double b = 0;
        for (int i = 0; i < left.length; i++) {
            dot += (double) left[i] * right[i];
            a += (double) left[i] * left[i];
            b += (double) right[i] * right[i];
        }
        return dot / Math.sqrt(a * b);
    }
}
