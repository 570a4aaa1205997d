package dev.quantgate.worker.torch.tokenize;

import static org.assertj.core.api.Assertions.assertThat;

import dev.quantgate.worker.torch.BackendFixture;
import dev.quantgate.worker.torch.model.ConfigReader;
import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class LiteralSpecialTokensTest {

    @ParameterizedTest
    @CsvSource({"bert-mlm", "distilbert-tok", "roberta-mlm", "roberta-seq", "xlm-roberta-mlm"})
    void theNameOfASpecialTokenIsTextUnlessAskedFor(String model) throws IOException {
        try (EncoderTokenizer tokenizer = open(model)) {
            String text = "a " + tokenizer.maskToken() + " b";

            assertThat(tokenizer.encode(text, true, true).ids()).contains(tokenizer.maskId());
            assertThat(tokenizer.encode(text, true, false).ids()).doesNotContain(tokenizer.maskId());
        }
    }

    @ParameterizedTest
    @CsvSource({"bert-mlm", "roberta-mlm", "xlm-roberta-mlm"})
    void aTextWithoutSuchNamesIsReadAlikeBothWays(String model) throws IOException {
        try (EncoderTokenizer tokenizer = open(model)) {
            String text = "The quick (brown) fox <jumps> over [it].";

            assertThat(tokenizer.encode(text, true, false).ids())
                    .containsExactly(tokenizer.encode(text, true, true).ids());
        }
    }

    @ParameterizedTest
    @CsvSource({"bert-mlm", "roberta-mlm", "xlm-roberta-mlm"})
    void theLiteralTokenizerStillSetsItsOwnSpecialTokens(String model) throws IOException {
        try (EncoderTokenizer tokenizer = open(model)) {
            long[] ids = tokenizer.encode(tokenizer.maskToken(), true, false).ids();
            long[] empty = tokenizer.encode("", true, true).ids();

            assertThat(ids).startsWith(empty[0]).endsWith(empty[1]);
        }
    }

    private static EncoderTokenizer open(String model) throws IOException {
        Path folder = BackendFixture.model(model);
        return EncoderTokenizer.load(folder, ConfigReader.read(folder));
    }
}
