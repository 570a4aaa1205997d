package dev.quantgate.natives.llama;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class VocabularyTest {
    private static final Vocabulary VOCABULARY = TinyModel.shared().vocabulary();

    @ParameterizedTest
    @ValueSource(strings = {"hello world", "", "é€😀", "a\u0000b", "  two  spaces ", "line\nbreak\ttab"})
    void detokenizingGivesTheTextBack(String text) {
        int[] tokens = VOCABULARY.tokenize(text, false, false);

        byte[] back = VOCABULARY.detokenize(tokens, false);

        assertThat(new String(back, StandardCharsets.UTF_8)).isEqualTo(text);
    }

    @ParameterizedTest
    @ValueSource(strings = {"hello world", "", "é€😀", "<s>assistant\n"})
    void spellingAddsNothing(String text) {
        ByteArrayOutputStream spelled = new ByteArrayOutputStream();

        for (int token : VOCABULARY.spell(text)) {
            assertThat(VOCABULARY.isEndOfGeneration(token)).isFalse();
            spelled.writeBytes(VOCABULARY.piece(token));
        }

        assertThat(spelled.toString(StandardCharsets.UTF_8)).isEqualTo(text);
    }

    @Test
    void addsTheBeginOfSequenceTokenOnlyWhenAsked() {
        assertThat(VOCABULARY.tokenize("hello", true, false)).startsWith(TinyGguf.BOS);
        assertThat(VOCABULARY.tokenize("hello", false, false)).doesNotContain(TinyGguf.BOS);
    }

    @Test
    void controlTokensInTextAreReadOnlyWhenAsked() {
        assertThat(VOCABULARY.tokenize("</s>", false, true)).contains(TinyGguf.EOS);
        assertThat(VOCABULARY.tokenize("</s>", false, false)).doesNotContain(TinyGguf.EOS);
    }

    @Test
    void piecesOfTokensAddUpToTheText() {
        int[] tokens = VOCABULARY.tokenize("hello world é", false, false);
        ByteArrayOutputStream text = new ByteArrayOutputStream();

        for (int token : tokens) {
            text.writeBytes(VOCABULARY.piece(token));
        }

        assertThat(text.toString(StandardCharsets.UTF_8)).isEqualTo(" hello world é");
    }

    @Test
    void copiesAPieceWithoutAllocating() {
        int token = VOCABULARY.tokenize("hello", false, false)[0];
        byte[] target = new byte[32];

        int length = VOCABULARY.copyPiece(token, target, 3);

        assertThat(length).isEqualTo(VOCABULARY.pieceLength(token));
        assertThat(Arrays.copyOfRange(target, 3, 3 + length)).isEqualTo(VOCABULARY.piece(token));
    }

    @Test
    void knowsItsSpecialTokens() {
        assertThat(VOCABULARY.size()).isEqualTo(512);
        assertThat(VOCABULARY.bos()).hasValue(TinyGguf.BOS);
        assertThat(VOCABULARY.eos()).hasValue(TinyGguf.EOS);
        assertThat(VOCABULARY.eot()).isEmpty();
        assertThat(VOCABULARY.isEndOfGeneration(TinyGguf.EOS)).isTrue();
        assertThat(VOCABULARY.isEndOfGeneration(TinyGguf.BOS)).isFalse();
        assertThat(VOCABULARY.isControl(TinyGguf.BOS)).isTrue();
        assertThat(VOCABULARY.isControl(300)).isFalse();
        assertThat(VOCABULARY.text(TinyGguf.EOS)).isEqualTo("</s>");
        assertThat(VOCABULARY.piece(TinyGguf.EOS)).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(ints = {-1, 512, Integer.MAX_VALUE, Integer.MIN_VALUE})
    void refusesUnknownTokens(int token) {
        assertThatIllegalArgumentException().isThrownBy(() -> VOCABULARY.piece(token));
        assertThatIllegalArgumentException().isThrownBy(() -> VOCABULARY.text(token));
        assertThatIllegalArgumentException().isThrownBy(() -> VOCABULARY.detokenize(new int[] {token}, false));
    }

    @Test
    void bytesThatAreNotUtf8DoNoHarm() {
        int[] tokens = VOCABULARY.tokenize(new byte[] {(byte) 0xff, (byte) 0xc3, 'a'}, false, false);

        assertThat(tokens).isNotEmpty();
    }
}
