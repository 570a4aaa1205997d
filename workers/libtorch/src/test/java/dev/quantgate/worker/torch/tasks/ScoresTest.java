package dev.quantgate.worker.torch.tasks;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import org.junit.jupiter.api.Test;

class ScoresTest {

    @Test
    void softmaxAddsUpToOneEvenForHugeScores() {
        float[] probabilities = Scores.softmax(new float[] {1_000, 1_001, 999});

        assertThat(probabilities[0] + probabilities[1] + probabilities[2]).isCloseTo(1f, within(1e-6f));
        assertThat(probabilities[1]).isGreaterThan(probabilities[0]);
    }

    @Test
    void theLargestAreSortedAndTheFirstOfEqualOnesWins() {
        assertThat(Scores.largest(new float[] {1, 5, 3, 5, 2}, 3)).containsExactly(1, 3, 2);
        assertThat(Scores.largest(new float[] {1, 1, 1}, 2)).containsExactly(0, 1);
        assertThat(Scores.largest(new float[] {1, 2}, 9)).containsExactly(1, 0);
    }

    @Test
    void aZeroVectorStaysZero() {
        assertThat(Scores.normalized(new float[] {0, 0})).containsExactly(0, 0);
        assertThat(Scores.normalized(new float[] {3, 4})).containsExactly(0.6f, 0.8f);
    }

    @Test
    void theMeanCountsWeights() {
        assertThat(Scores.weightedMean(List.of(new float[] {1}, new float[] {4}), List.of(2, 1)))
                .containsExactly(2f);
    }
}
