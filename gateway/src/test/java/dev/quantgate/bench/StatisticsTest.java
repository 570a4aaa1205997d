package dev.quantgate.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

final class StatisticsTest {
    @Test
    void medianIsTheMiddleValue() {
        assertThat(Statistics.median(9, 1, 5)).isEqualTo(5);
    }

    @Test
    void medianOfAnEvenNumberIsTheMeanOfTheMiddleTwo() {
        assertThat(Statistics.median(4, 1, 3, 100)).isEqualTo(3.5);
    }

    @Test
    void quantilesInterpolateBetweenNeighbours() {
        assertThat(Statistics.quantile(new double[] {30, 10, 20}, 0.75)).isEqualTo(25);
    }

    @Test
    void theOutermostQuantilesAreTheOutermostValues() {
        double[] values = {3, 1, 2};

        assertThat(Statistics.quantile(values, 0)).isEqualTo(1);
        assertThat(Statistics.quantile(values, 1)).isEqualTo(3);
    }

    @Test
    void theSampleIsLeftAsItWas() {
        double[] values = {3, 1, 2};

        var unused = Statistics.median(values);

        assertThat(values).containsExactly(3, 1, 2);
    }

    @Test
    void anEmptySampleHasNoQuantile() {
        assertThatThrownBy(() -> Statistics.median()).hasMessageContaining("at least one");
    }

    @Test
    void sharesAboveOneAreRefused() {
        assertThatThrownBy(() -> Statistics.quantile(new double[] {1}, 1.01)).hasMessageContaining("share: 1.01");
    }
}
