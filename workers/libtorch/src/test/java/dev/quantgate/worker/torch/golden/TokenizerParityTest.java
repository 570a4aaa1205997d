package dev.quantgate.worker.torch.golden;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.quantgate.worker.torch.model.ConfigReader;
import dev.quantgate.worker.torch.model.EncoderConfig;
import dev.quantgate.worker.torch.tokenize.EncoderTokenizer;
import dev.quantgate.worker.torch.tokenize.TextFitter;
import dev.quantgate.worker.torch.tokenize.TokenizedText;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.zip.GZIPInputStream;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TokenizerParityTest {

    private static final int MIN_STRINGS = 500;

    @TempDir
    private Path folder;

    @ParameterizedTest
    @ValueSource(strings = {"bert", "roberta", "xlm-roberta", "distilbert"})
    void idsAndOffsetsOfEveryStringEqualTheOriginal(String family) throws IOException {
        JsonNode strings = Golden.json("tokenizers/strings.json.gz");
        JsonNode encodings = Golden.json("tokenizers/" + family + "/encodings.json.gz");
        assertThat(strings.size()).isGreaterThanOrEqualTo(MIN_STRINGS);
        try (EncoderTokenizer tokenizer = open(family)) {
            for (int i = 0; i < strings.size(); i++) {
                String text = strings.get(i).asText();
                TokenizedText tokens = tokenizer.encode(text);

                assertThat(tokens.ids())
                        .as(text)
                        .containsExactly(longs(encodings.path("ids").get(i)));
                assertThat(offsets(tokens))
                        .as(text)
                        .containsExactly(longs(encodings.path("offsets").get(i)));
            }
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"bert", "roberta", "xlm-roberta", "distilbert"})
    void pairsAreCutLikeTheOriginal(String family) throws IOException {
        JsonNode pairs =
                Golden.json("tokenizers/" + family + "/encodings.json.gz").path("pairs");
        TextFitter fitter = new TextFitter(pairs.path("maxTokens").asInt());
        assertThat(pairs.path("texts")).isNotEmpty();
        try (EncoderTokenizer tokenizer = open(family)) {
            for (int i = 0; i < pairs.path("texts").size(); i++) {
                JsonNode pair = pairs.path("texts").get(i);
                TokenizedText tokens = fitter.truncate(
                        tokenizer.encode(pair.get(0).asText(), pair.get(1).asText()));

                assertThat(tokens.ids())
                        .as(pair.toString())
                        .containsExactly(longs(pairs.path("ids").get(i)));
                assertThat(tokens.types())
                        .containsExactly(longs(pairs.path("typeIds").get(i)));
            }
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"bert", "roberta", "xlm-roberta", "distilbert"})
    void windowsOfLongTextsEqualTheOriginal(String family) throws IOException {
        JsonNode expected =
                Golden.json("tokenizers/" + family + "/encodings.json.gz").path("windows");
        TextFitter fitter = new TextFitter(expected.path("maxTokens").asInt());
        assertThat(expected.path("texts")).isNotEmpty();
        try (EncoderTokenizer tokenizer = open(family)) {
            for (int i = 0; i < expected.path("texts").size(); i++) {
                String text = expected.path("texts").get(i).asText();
                List<TokenizedText> windows = fitter.windows(
                        tokenizer.encode(text), expected.path("strideTokens").asInt());

                JsonNode ids = expected.path("ids").get(i);
                assertThat(windows).as(text).hasSize(ids.size());
                for (int w = 0; w < ids.size(); w++) {
                    assertThat(windows.get(w).ids()).as(text).containsExactly(longs(ids.get(w)));
                    assertThat(offsets(windows.get(w)))
                            .containsExactly(
                                    longs(expected.path("offsets").get(i).get(w)));
                }
            }
        }
    }

    private EncoderTokenizer open(String family) throws IOException {
        try (InputStream in = Files.newInputStream(Golden.resource("tokenizers/" + family + "/tokenizer.json.gz"));
                InputStream plain = new GZIPInputStream(in)) {
            Files.copy(plain, folder.resolve("tokenizer.json"));
        }
        EncoderConfig config = ConfigReader.read(Golden.model(family + "-seq"));
        return EncoderTokenizer.load(folder, config);
    }

    private static long[] offsets(TokenizedText tokens) {
        long[] flat = new long[tokens.length() * 2];
        for (int i = 0; i < tokens.length(); i++) {
            flat[2 * i] = tokens.starts()[i];
            flat[2 * i + 1] = tokens.ends()[i];
        }
        return flat;
    }

    private static long[] longs(JsonNode array) {
        long[] values = new long[array.size()];
        for (int i = 0; i < values.length; i++) {
            values[i] = array.get(i).asLong();
        }
        return values;
    }
}
