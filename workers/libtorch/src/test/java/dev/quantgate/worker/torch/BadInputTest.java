package dev.quantgate.worker.torch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.quantgate.worker.api.FailureKind;
import dev.quantgate.worker.api.ModelRef;
import dev.quantgate.worker.api.WorkerException;
import dev.quantgate.worker.api.backend.Backend;
import dev.quantgate.worker.api.backend.LoadedModel;
import dev.quantgate.worker.api.inference.TextResult.Vector;
import dev.quantgate.worker.api.inference.TextTask;
import dev.quantgate.worker.api.inference.TextTask.TextPair;
import dev.quantgate.worker.api.inference.TextTask.Truncation;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class BadInputTest {

    private static final ModelRef MODEL = ModelRef.of("test");
    private final Backend backend = BackendFixture.backend(Map.of());

    @TempDir
    private Path folder;

    @BeforeEach
    void write() throws IOException {
        RandomCheckpoint.tiny().write(folder);
    }

    @AfterEach
    void close() {
        backend.close();
    }

    @Test
    void aGoodFolderIsLoaded() {
        assertThat(backend.recognizes(folder)).isTrue();
        try (LoadedModel model = BackendFixture.load(backend, folder)) {
            assertThat(model.memoryBytes()).isPositive();
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "\"dim\": 32 | \"dim\": 64 | by config.json",
                "\"n_layers\": 2 | \"n_layers\": 3 | missing",
                "\"n_layers\": 2 | \"n_layers\": 1 | unexpected",
                "\"n_heads\": 4 | \"n_heads\": 5 | multiple of 5",
                "\"vocab_size\": 100 | \"vocab_size\": 1e9 | whole number",
                "\"vocab_size\": 100 | \"vocab_size\": -1 | at least 1",
                "\"gelu\" | \"nonsense\" | activation",
                "\"distilbert\" | \"gpt2\" | model_type",
                "DistilBertForSequenceClassification | DistilBertForQuestionAnswering | architecture",
                "\"2\": \"positive\" | \"7\": \"positive\" | id2label",
                "{\"architectures\" | {{\"architectures\" | JSON"
            })
    void aConfigurationThatContradictsTheWeightsIsRefused(String from, String to, String message) throws IOException {
        Path config = folder.resolve("config.json");
        Files.writeString(config, Files.readString(config).replace(from, to));

        assertInvalidModel(message);
    }

    @Test
    void aNaNWeightIsRefused() throws IOException {
        patchWeights("distilbert.transformer.layer.1.ffn.lin1.bias", Float.NaN);

        assertInvalidModel("NaN");
    }

    @Test
    void anInfiniteWeightIsRefused() throws IOException {
        patchWeights("pre_classifier.weight", Float.POSITIVE_INFINITY);

        assertInvalidModel("pre_classifier.weight");
    }

    @ParameterizedTest
    @CsvSource({
        "distilbert.transformer.layer.0.attention.q_lin.weight",
        "distilbert.embeddings.word_embeddings.weight",
        "classifier.bias"
    })
    void aTensorOfWholeNumbersIsRefused(String tensor) throws IOException {
        Path weights = folder.resolve("model.safetensors");
        byte[] bytes = Files.readAllBytes(weights);
        int headerBytes = Math.toIntExact(
                ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).getLong(0));
        String header = new String(bytes, 8, headerBytes, StandardCharsets.UTF_8);
        int type = header.indexOf("F32", header.indexOf("\"" + tensor + "\""));
        bytes[8 + type] = 'I';
        Files.write(weights, bytes);

        assertInvalidModel(tensor);
    }

    @Test
    void aMissingTokenizerIsRefused() throws IOException {
        Files.delete(folder.resolve("vocab.txt"));

        assertInvalidModel("tokenizer: missing");
    }

    @Test
    void aSentencePieceFileAloneIsRefusedWithTheWayOut() throws IOException {
        Files.move(folder.resolve("vocab.txt"), folder.resolve("sentencepiece.bpe.model"));

        assertInvalidModel("sentencepiece.bpe.model alone");
    }

    @Test
    void aTokenizerThatIsNoDefinitionIsRefused() throws IOException {
        Files.writeString(folder.resolve("tokenizer.json"), "{\"version\": \"1.0\"}");

        assertInvalidModel("tokenizer");
    }

    @Test
    void aTruncatedWeightFileIsRefused() throws IOException {
        Path weights = folder.resolve("model.safetensors");
        byte[] bytes = Files.readAllBytes(weights);
        Files.write(weights, java.util.Arrays.copyOf(bytes, bytes.length / 2));

        assertInvalidModel("expected: at most");
    }

    @Test
    void aVocabularyLargerThanTheEmbeddingsIsAFailureNotACrash() throws Exception {
        Path vocabulary = folder.resolve("vocab.txt");
        Files.writeString(vocabulary, Files.readString(vocabulary) + "extra\n");
        try (LoadedModel model = BackendFixture.load(backend, folder)) {
            assertThatThrownBy(() -> BackendFixture.answer(model, classify("extra", Truncation.END)))
                    .isInstanceOf(ExecutionException.class)
                    .hasMessageContaining("token id: 100");
        }
    }

    @Test
    void aMillionCharactersAreCutAndReported() throws Exception {
        String text = "a bc ".repeat(200_000);
        try (LoadedModel model = BackendFixture.load(backend, folder)) {
            var result = BackendFixture.answer(model, classify(text, Truncation.END))
                    .results()
                    .get(0);

            assertThat(result.truncated()).isTrue();
            assertThat(result.tokens()).isEqualTo(512);
        }
    }

    @Test
    void aLongTextIsReadWholeByWindows() throws Exception {
        String text = "a bc ".repeat(1_000);
        try (LoadedModel model = BackendFixture.load(backend, folder)) {
            Vector vector = BackendFixture.answer(
                            model,
                            new TextTask.Embed(MODEL, List.of(text), Optional.empty(), true, Truncation.SLIDING_WINDOW))
                    .vectors()
                    .get(0);

            assertThat(vector.truncated()).isFalse();
            assertThat(vector.tokens()).isGreaterThan(3_000);
            assertThat(vector.windows()).isGreaterThan(3_000 / 512);
        }
    }

    @Test
    void aLongTextIsRefusedWhenTheCallerWantsThat() throws Exception {
        try (LoadedModel model = BackendFixture.load(backend, folder)) {
            assertThatThrownBy(() -> BackendFixture.answer(model, classify("a bc ".repeat(1_000), Truncation.ERROR)))
                    .hasCauseInstanceOf(WorkerException.class)
                    .hasMessageContaining("at most 512");
        }
    }

    @Test
    void aTaskTheHeadCannotDoIsUnsupported() throws Exception {
        try (LoadedModel model = BackendFixture.load(backend, folder)) {
            assertThatThrownBy(() -> BackendFixture.answer(model, new TextTask.FillMask(MODEL, List.of("a"), 1)))
                    .cause()
                    .isInstanceOfSatisfying(
                            WorkerException.class,
                            e -> assertThat(e.failure().kind()).isEqualTo(FailureKind.UNSUPPORTED));
        }
    }

    @Test
    void anUnknownOptionIsRefused() {
        assertThatThrownBy(() -> BackendFixture.backend(Map.of("colour", "red")))
                .isInstanceOf(WorkerException.class)
                .hasMessageContaining("unknown");
    }

    @Test
    void aClosedModelIsUnavailable() throws Exception {
        LoadedModel model = BackendFixture.load(backend, folder);
        model.close();

        assertThatThrownBy(() -> BackendFixture.answer(model, classify("a", Truncation.END)))
                .cause()
                .isInstanceOfSatisfying(
                        WorkerException.class,
                        e -> assertThat(e.failure().kind()).isEqualTo(FailureKind.UNAVAILABLE));
    }

    private static TextTask.Classify classify(String text, Truncation truncation) {
        return new TextTask.Classify(MODEL, List.of(new TextPair(text, Optional.empty())), 0, truncation);
    }

    private void assertInvalidModel(String message) {
        assertThatThrownBy(() -> BackendFixture.load(backend, folder))
                .isInstanceOfSatisfying(
                        WorkerException.class,
                        e -> assertThat(e.failure().kind()).isEqualTo(FailureKind.INVALID_MODEL))
                .hasMessageContaining(message)
                .hasMessageNotContaining(folder.toString());
    }

    private void patchWeights(String tensor, float value) throws IOException {
        Path weights = folder.resolve("model.safetensors");
        byte[] bytes = Files.readAllBytes(weights);
        ByteBuffer buffer = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
        int dataStart = Math.toIntExact(8 + buffer.getLong(0));
        String header = new String(bytes, 8, dataStart - 8, StandardCharsets.UTF_8);
        String marker = "\"data_offsets\":[";
        int at = header.indexOf(marker, header.indexOf("\"" + tensor + "\"")) + marker.length();
        int begin = Integer.parseInt(header.substring(at, header.indexOf(',', at)));
        buffer.putFloat(dataStart + begin + 4, value);
        Files.write(weights, bytes);
    }
}
