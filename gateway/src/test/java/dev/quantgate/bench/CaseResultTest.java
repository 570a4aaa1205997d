package dev.quantgate.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

final class CaseResultTest {
    private static final Metric SPEED = Metric.higher("speed", "tokens/s");
    private static final Metric TIME = Metric.lower("time", "ms");

    @Test
    void theRatioIsTheMedianOfTheRoundsAndNotTheRatioOfTheMedians() {
        // The machine slows down by half after each round, for both.
        var result = CaseResult.of("c", SPEED, new double[] {110, 60, 22}, new double[] {100, 50, 25}, "peer");

        assertThat(result.ours()).isEqualTo(60);
        assertThat(result.peer()).isEqualTo(50);
        assertThat(result.ratio()).isEqualTo(1.1);
    }

    @Test
    void aShorterTimeIsBetter() {
        assertThat(CaseResult.of("c", TIME, new double[] {5}, new double[] {10}, "peer")
                        .ratio())
                .isEqualTo(2);
    }

    @Test
    void figuresBelowTheResolutionCountAsTheResolution() {
        var steps = TIME.withResolution(1);

        assertThat(CaseResult.of("c", steps, new double[] {0}, new double[] {2}, "limit")
                        .ratio())
                .isEqualTo(2);
    }

    @Test
    void bothSidesNeedTheSameRounds() {
        assertThatThrownBy(() -> CaseResult.of("c", TIME, new double[] {1, 2}, new double[] {1}, "peer"))
                .hasMessageContaining("rounds: 2 and 1");
    }
}
