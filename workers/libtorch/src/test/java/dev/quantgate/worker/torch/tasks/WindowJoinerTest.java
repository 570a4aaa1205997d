package dev.quantgate.worker.torch.tasks;

import static org.assertj.core.api.Assertions.assertThat;

import dev.quantgate.worker.torch.tokenize.TextFitter;
import dev.quantgate.worker.torch.tokenize.TokenizedText;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class WindowJoinerTest {

    @ParameterizedTest
    @CsvSource({"50, 12, 4", "50, 12, 5", "50, 12, 0", "13, 12, 3", "100, 20, 17"})
    void everyTokenOfTheTextGetsItsOwnRow(int tokens, int window, int overlap) {
        TokenizedText whole = text(tokens);
        List<TokenizedText> windows = new TextFitter(window).windows(whole, overlap);
        // Each token's row holds its id, so that a row at the wrong place is seen.
        List<float[][]> rows = windows.stream()
                .map(part -> {
                    float[][] own = new float[part.length()][];
                    for (int i = 0; i < own.length; i++) {
                        own[i] = new float[] {part.ids()[i]};
                    }
                    return own;
                })
                .toList();

        float[][] joined = WindowJoiner.join(new PreparedText(whole, windows, false), rows, overlap);

        assertThat(windows).hasSizeGreaterThan(1);
        assertThat(joined).hasNumberOfRows(tokens);
        assertThat(joined[0]).isEmpty();
        assertThat(joined[tokens - 1]).isEmpty();
        for (int i = 1; i < tokens - 1; i++) {
            assertThat(joined[i]).containsExactly((float) i);
        }
    }

    private static TokenizedText text(int tokens) {
        TokenizedText text = new TokenizedText(
                new long[tokens],
                new long[tokens],
                new int[tokens],
                new int[tokens],
                new long[tokens],
                new boolean[tokens],
                new String[tokens]);
        for (int i = 0; i < tokens; i++) {
            text.ids()[i] = i;
        }
        text.special()[0] = true;
        text.special()[tokens - 1] = true;
        return text;
    }
}
