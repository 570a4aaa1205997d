package dev.quantgate.bench.kv;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.nio.FloatBuffer;
import org.junit.jupiter.api.Test;

class DivergenceTest {
    private static FloatBuffer logits(double... probabilities) {
        var logits = FloatBuffer.allocate(probabilities.length);
        for (int i = 0; i < probabilities.length; i++) {
            // Any constant may be added to all logits.
            logits.put(i, (float) (Math.log(probabilities[i]) + 3));
        }
        return logits;
    }

    @Test
    void equalPredictionsDoNotDiverge() {
        var divergence = new Divergence();
        divergence.add(logits(0.5, 0.25, 0.25), logits(0.5, 0.25, 0.25), 0);
        divergence.add(logits(0.5, 0.25, 0.25), logits(0.5, 0.25, 0.25), 2);

        assertThat(divergence.kl()).isCloseTo(0, within(1e-6));
        assertThat(divergence.agreementPercent()).isEqualTo(100);
        assertThat(divergence.perplexity()).isCloseTo(Math.sqrt(8), within(1e-5));
        assertThat(divergence.exactPerplexity()).isCloseTo(Math.sqrt(8), within(1e-5));
    }

    @Test
    void otherPredictionsDiverge() {
        var divergence = new Divergence();
        divergence.add(logits(0.25, 0.75), logits(0.5, 0.5), 0);
        divergence.add(logits(0.75, 0.25), logits(0.75, 0.25), 0);

        assertThat(divergence.kl()).isCloseTo(0.5 * (0.5 * Math.log(2) + 0.5 * Math.log(2 / 3.0)), within(1e-6));
        assertThat(divergence.agreementPercent()).isEqualTo(50);
        assertThat(divergence.perplexity()).isCloseTo(Math.sqrt(4 * 4 / 3.0), within(1e-5));
        assertThat(divergence.exactPerplexity()).isCloseTo(Math.sqrt(2 * 4 / 3.0), within(1e-5));
    }
}
