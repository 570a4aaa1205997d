package dev.quantgate.worker.llamacpp.gguf;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class SaturatingTest {
    @Test
    void smallResultsAreExact() {
        assertThat(Saturating.add(2, 3)).isEqualTo(5);
        assertThat(Saturating.multiply(1L << 31, 1L << 31)).isEqualTo(1L << 62);
        assertThat(Saturating.roundUp(33, 32)).isEqualTo(64);
        assertThat(Saturating.roundUp(0, 32)).isZero();
    }

    @Test
    void largeResultsStopAtTheLargestNumber() {
        assertThat(Saturating.add(Long.MAX_VALUE, 1)).isEqualTo(Long.MAX_VALUE);
        assertThat(Saturating.multiply(1L << 32, 1L << 31)).isEqualTo(Long.MAX_VALUE);
        assertThat(Saturating.multiply(1L << 32, 1L << 32)).isEqualTo(Long.MAX_VALUE);
        assertThat(Saturating.roundUp(Long.MAX_VALUE, 32)).isEqualTo(Long.MAX_VALUE);
    }
}
