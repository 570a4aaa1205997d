package dev.quantgate.worker.torch.golden;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.quantgate.worker.torch.model.ConfigReader;
import dev.quantgate.worker.torch.model.EncoderConfig;
import dev.quantgate.worker.torch.model.TokenBatch;
import dev.quantgate.worker.torch.tokenize.EncoderTokenizer;
import dev.quantgate.worker.torch.tokenize.TextFitter;
import java.io.IOException;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class VocabularyFilesParityTest {

    @ParameterizedTest
    @ValueSource(strings = {"bert-multi", "distilbert-tok", "roberta-mlm", "bert-seq", "xlm-roberta-tok"})
    void theFolderOfAModelTokenisesLikeTheOriginal(String name) throws IOException {
        EncoderConfig config = ConfigReader.read(Golden.model(name));
        JsonNode texts = Golden.json("expected/" + name + ".json")
                .path("sets")
                .path("single")
                .path("texts");
        try (EncoderTokenizer tokenizer = EncoderTokenizer.load(Golden.model(name), config);
                Golden golden = Golden.expected(name)) {
            TextFitter fitter = new TextFitter(tokenizer.maxTokens());
            TokenBatch expected = golden.batch("single", config.paddingId());
            assertThat(expected.size()).isEqualTo(texts.size());
            for (int i = 0; i < texts.size(); i++) {
                assertThat(fitter.truncate(tokenizer.encode(texts.get(i).asText()))
                                .ids())
                        .as(texts.get(i).asText())
                        .containsExactly(expected.inputs().get(i).ids());
            }
        }
    }
}
