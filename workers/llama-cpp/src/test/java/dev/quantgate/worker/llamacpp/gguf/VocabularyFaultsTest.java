package dev.quantgate.worker.llamacpp.gguf;

import static dev.quantgate.worker.llamacpp.gguf.Verification.assertRefused;
import static dev.quantgate.worker.llamacpp.gguf.Verification.soundFile;
import static dev.quantgate.worker.llamacpp.gguf.Verification.verify;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class VocabularyFaultsTest {
    private static final String TOKENS = "tokenizer.ggml.tokens";

    @Test
    void refusesAnEntryThatOccursTwice() {
        assertRefused(
                soundFile().strings(TOKENS, tokensWith(200, "t17")),
                TOKENS + "[200]",
                "t17",
                "an entry that occurs once, but it is also [17]");
    }

    @Test
    void refusesEntriesThatAgreeUpToNul() {
        List<String> tokens = tokensWith(200, "t17\0x");
        assertRefused(soundFile().strings(TOKENS, tokens), TOKENS + "[200]", "t17", "an entry that occurs once");
    }

    @Test
    void acceptsSeveralEmptyEntries() throws Exception {
        List<String> tokens = tokensWith(200, "");
        tokens.set(201, "");
        assertThat(verify(bytePairFile().strings(TOKENS, tokens)).vocabulary().tokenCount())
                .isEqualTo(261);
    }

    @Test
    void refusesAnEntryLongerThanAnyToken() {
        assertRefused(
                soundFile().strings(TOKENS, tokensWith(3, "x".repeat(70_000))),
                TOKENS,
                "elements of 2 to 70000 bytes",
                "0 to 65536 bytes");
    }

    @Test
    void refusesAVocabularyOfNumbers() {
        assertRefused(soundFile().int32s(TOKENS, 1, 2), TOKENS, "array of 2 INT32", "an array of STRING");
    }

    @Test
    void refusesAMissingVocabulary() {
        assertRefused(soundFile().remove(TOKENS), TOKENS, "missing", "an array of STRING");
    }

    @Test
    void refusesAVocabularyWithoutATokenizer() {
        assertRefused(soundFile().remove("tokenizer.ggml.model"), "tokenizer.ggml.model", "missing", "a tokenizer");
    }

    @Test
    void refusesAVocabularyThatDoesNotFitTheEmbedding() {
        List<String> tokens = tokensWith(0, "first").subList(0, 260);
        assertRefused(bytePairFile().strings(TOKENS, tokens), "token_embd.weight shape", "[8, 261]", "[8, 260]");
    }

    @Test
    void refusesTooFewTokenTypes() {
        assertRefused(
                soundFile().int32s("tokenizer.ggml.token_type", new int[260]),
                "tokenizer.ggml.token_type",
                "260 elements",
                "at least 261");
    }

    @Test
    void refusesTokenTypesOfAnotherType() {
        assertRefused(
                soundFile().floats("tokenizer.ggml.token_type", new float[261]),
                "tokenizer.ggml.token_type",
                "array of 261 FLOAT32",
                "an array of INT32");
    }

    @Test
    void refusesTooFewScores() {
        assertRefused(
                soundFile().floats("tokenizer.ggml.scores", new float[3]),
                "tokenizer.ggml.scores",
                "3 elements",
                "at least 261");
    }

    @Test
    void refusesAScoreThatIsNaN() {
        float[] scores = new float[261];
        scores[260] = Float.NaN;
        assertRefused(
                soundFile().floats("tokenizer.ggml.scores", scores), "tokenizer.ggml.scores", "NaN at 260", "numbers");
    }

    @ParameterizedTest
    @ValueSource(strings = {"bos_token_id", "eos_token_id", "eot_token_id", "unknown_token_id", "fim_pre_token_id"})
    void refusesASpecialTokenOutsideTheVocabulary(String name) {
        String key = "tokenizer.ggml." + name;
        assertRefused(soundFile().uint32(key, 261), key, "261", "an id below 261");
    }

    @Test
    void warnsOfAPaddingTokenOutsideTheVocabulary() throws Exception {
        assertThat(verify(soundFile().uint32("tokenizer.ggml.padding_token_id", 0xffff_ffffL))
                        .warnings())
                .containsExactly("tokenizer.ggml.padding_token_id: 4294967295 (the vocabulary has 261 entries)");
    }

    @Test
    void warnsOfADeclaredSizeThatIsWrong() throws Exception {
        assertThat(verify(soundFile().uint32("llama.vocab_size", 300)).warnings())
                .containsExactly("llama.vocab_size: 300 (the vocabulary has 261 entries)");
    }

    @Test
    void refusesAMergeThatJoinsNothing() {
        GgufBytes file = soundFile()
                .string("tokenizer.ggml.model", "gpt2")
                .strings("tokenizer.ggml.merges", List.of("a b", "c"));
        assertRefused(file, "tokenizer.ggml.merges", "elements of 1 to 3 bytes", "3 to 65536 bytes");
    }

    @Test
    void readsTheTokenizer() throws Exception {
        GgufBytes file = soundFile()
                .string("tokenizer.ggml.model", "gpt2")
                .strings("tokenizer.ggml.merges", List.of("a b", "c d"));
        Vocabulary vocabulary = verify(file).vocabulary();
        assertThat(vocabulary.model()).isEqualTo("gpt2");
        assertThat(vocabulary.preTokenizer()).contains("default");
        assertThat(vocabulary.mergeCount()).isEqualTo(2);
        assertThat(vocabulary.beginToken()).hasValue(1);
        assertThat(vocabulary.endToken()).hasValue(2);
        assertThat(vocabulary.chatTemplate().orElseThrow()).contains("<|im_start|>");
    }

    @Test
    void hashesThatAgreeByChanceAreNoDuplicates() throws Exception {
        byte[] bytes = soundFile().strings(TOKENS, tokensWith(0, "first")).build();
        WindowReader reader = new WindowReader(new BytesSource(bytes));
        GgufFile file = GgufFile.read(new BytesSource(bytes), Limits.DEFAULT);
        GgufValue.Elements tokens =
                (GgufValue.Elements) Objects.requireNonNull(file.metadata().get(TOKENS));
        new DuplicateTokens(reader, (text, start, length) -> 42).check(TOKENS, tokens);
        assertThat(reader.position()).isEqualTo(tokens.offsetBytes() + tokens.lengthBytes());
    }

    @Test
    void refusesASentencePieceVocabularyWithoutAByte() {
        assertRefused(
                soundFile().strings(TOKENS, byteTokensWith(3 + 0x41, "other")),
                TOKENS,
                "no token for byte 65",
                "a token such as <0x41> for every byte");
    }

    @Test
    void acceptsAByteThatIsATokenAsItIs() throws Exception {
        assertThat(verify(soundFile().strings(TOKENS, byteTokensWith(3 + 0x41, "A")))
                        .warnings())
                .isEmpty();
    }

    @Test
    void refusesNulAsTheTokenOfItsByte() {
        assertRefused(
                soundFile().strings(TOKENS, byteTokensWith(3, "\0")),
                TOKENS,
                "no token for byte 0",
                "a token such as <0x00>");
    }

    /** The 261 entries of the sound file with one replaced. */
    private static List<String> byteTokensWith(int index, String token) {
        List<String> tokens = new ArrayList<>(List.of("<unk>", "<s>", "</s>"));
        IntStream.range(0, 256).forEach(i -> tokens.add(String.format("<0x%02X>", i)));
        tokens.addAll(List.of("x", "y"));
        tokens.set(index, token);
        return tokens;
    }

    private static GgufBytes bytePairFile() {
        return soundFile().string("tokenizer.ggml.model", "gpt2");
    }

    private static List<String> tokensWith(int index, String token) {
        List<String> tokens =
                new ArrayList<>(IntStream.range(0, 261).mapToObj(i -> "t" + i).toList());
        tokens.set(index, token);
        return tokens;
    }
}
