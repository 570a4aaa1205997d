package dev.quantgate.worker.llamacpp.schedule;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Random;
import org.junit.jupiter.api.Test;

class NgramIndexTest {
    private final NgramIndex index = new NgramIndex();

    @Test
    void findsTheLongestEarlierOccurrence() {
        var tokens = new TokenList(new int[] {9, 1, 2, 3, 50, 7, 1, 2, 3, 60, 9, 1, 2, 3});

        assertThat(index.find(tokens)).isEqualTo(4);
        assertThat(index.matchedTokens()).isEqualTo(4);
    }

    @Test
    void amongEquallyLongOnesTheNewestCounts() {
        var tokens = new TokenList(new int[] {5, 1, 2, 3, 50, 6, 1, 2, 3, 60, 7, 1, 2, 3});

        assertThat(index.find(tokens)).isEqualTo(9);
        assertThat(index.matchedTokens()).isEqualTo(3);
    }

    @Test
    void twoEqualTokensAreNone() {
        assertThat(index.find(new TokenList(new int[] {1, 2, 3, 4, 2, 3}))).isZero();
        assertThat(index.find(new TokenList(new int[] {1, 1}))).isZero();
    }

    @Test
    void growsWithTheTextAndForgetsWhatWasTakenOut() {
        var random = new Random(5);
        var tokens = new TokenList(new int[] {1});
        for (int i = 0; i < 5000; i++) {
            tokens.add(random.nextInt(8));
            assertMatch(tokens);
            if (i % 700 == 699) {
                tokens.removeRange(1, tokens.size() / 2);
                index.reset();
            }
        }
    }

    private void assertMatch(TokenList tokens) {
        var end = index.find(tokens);
        if (end > 0) {
            assertThat(end).isLessThan(tokens.size());
            assertThat(index.matchedTokens())
                    .isGreaterThanOrEqualTo(NgramIndex.GRAM_TOKENS)
                    .isEqualTo(tokens.commonSuffix(end, tokens.size(), NgramIndex.LONG_MATCH_TOKENS));
        }
    }
}
