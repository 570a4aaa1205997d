package dev.quantgate.worker.torch.golden;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.quantgate.natives.torch.TorchRuntime;
import dev.quantgate.natives.torch.TorchSettings;
import dev.quantgate.worker.torch.model.EncoderModel;
import dev.quantgate.worker.torch.model.Pooling;
import dev.quantgate.worker.torch.model.TokenBatch;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class LogitsParityTest {

    private static final float TOLERANCE = 1e-4f;

    @BeforeAll
    static void start() {
        TorchRuntime.start(TorchSettings.defaults());
    }

    @ParameterizedTest
    @CsvSource({
        "bert-seq, single", "bert-seq, truncated", "bert-seq, pair", "bert-multi, single",
        "roberta-seq, single", "roberta-seq, pair", "xlm-roberta-seq, single", "xlm-roberta-seq, pair",
        "distilbert-seq, single", "distilbert-seq, truncated", "distilbert-seq, pair"
    })
    void sequenceScoresEqualTheOriginal(String name, String set) throws IOException {
        try (EncoderModel model = EncoderModel.load(Golden.model(name));
                Golden golden = Golden.expected(name)) {
            TokenBatch batch = golden.batch(set, model.config().paddingId());
            float[] expected = golden.floats(set + ".logits");

            assertClose(flatten(model.sequenceScores(batch)), expected);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"bert-tok", "roberta-tok", "xlm-roberta-tok", "distilbert-tok"})
    void tokenScoresEqualTheOriginal(String name) throws IOException {
        try (EncoderModel model = EncoderModel.load(Golden.model(name));
                Golden golden = Golden.expected(name)) {
            TokenBatch batch = golden.batch("single", model.config().paddingId());

            assertRowsClose(model.tokenScores(batch), golden.floats("single.logits"), batch);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"bert-mlm", "roberta-mlm", "xlm-roberta-mlm", "distilbert-mlm"})
    void maskedScoresEqualTheOriginal(String name) throws IOException {
        try (EncoderModel model = EncoderModel.load(Golden.model(name));
                Golden golden = Golden.expected(name)) {
            TokenBatch batch = golden.batch("single", model.config().paddingId());
            List<int[]> everywhere = new ArrayList<>();
            batch.inputs()
                    .forEach(input ->
                            everywhere.add(IntStream.range(0, input.length()).toArray()));

            assertRowsClose(model.maskedScores(batch, everywhere), golden.floats("single.logits"), batch);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"bert-base", "roberta-base", "xlm-roberta-base", "distilbert-base"})
    void statesAndPooledVectorsEqualTheOriginal(String name) throws IOException {
        try (EncoderModel model = EncoderModel.load(Golden.model(name));
                Golden golden = Golden.expected(name)) {
            TokenBatch batch = golden.batch("single", model.config().paddingId());

            assertRowsClose(model.hiddenStates(batch), golden.floats("single.last_hidden_state"), batch);
            assertClose(flatten(model.pooled(batch, Pooling.MEAN, false)), golden.floats("single.mean"));
            assertClose(flatten(model.pooled(batch, Pooling.CLS, false)), golden.floats("single.cls"));
            assertClose(flatten(model.pooled(batch, Pooling.MEAN, true)), golden.floats("single.mean_normalized"));
            assertClose(flatten(model.pooled(batch, Pooling.CLS, true)), golden.floats("single.cls_normalized"));
        }
    }

    private static void assertRowsClose(float[][][] actual, float[] expected, TokenBatch batch) {
        int tokens = batch.tokens();
        for (int input = 0; input < actual.length; input++) {
            for (int token = 0; token < actual[input].length; token++) {
                int width = actual[input][token].length;
                int start = (input * tokens + token) * width;
                assertClose(actual[input][token], java.util.Arrays.copyOfRange(expected, start, start + width));
            }
        }
    }

    static void assertClose(float[] actual, float[] expected) {
        assertThat(actual).hasSameSizeAs(expected);
        for (int i = 0; i < expected.length; i++) {
            assertThat(actual[i]).isCloseTo(expected[i], within(TOLERANCE));
        }
    }

    static float[] flatten(float[][] rows) {
        float[] flat = new float[rows.length * rows[0].length];
        for (int i = 0; i < rows.length; i++) {
            System.arraycopy(rows[i], 0, flat, i * rows[0].length, rows[0].length);
        }
        return flat;
    }
}
