package dev.quantgate.worker.llamacpp.schedule;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;

class RowCostTest {
    private final RowCost cost = new RowCost();

    @Test
    void stepsOfOneSizeLeaveARowAtThePriceOfAPromptsToken() {
        cost.prompts(300);
        for (int i = 0; i < 50; i++) {
            cost.record(4, 2000);
        }

        assertThat(cost.rowNanos()).isCloseTo(300, within(1.0));
        assertThat(cost.stepNanos(4)).isCloseTo(2000, within(1.0));
        assertThat(cost.stepNanos(6)).isCloseTo(2600, within(1.0));
    }

    @Test
    void stepsOfManySizesTellThePriceThemselves() {
        cost.prompts(300);
        for (int i = 0; i < 200; i++) {
            cost.record(1 + i % 20, 1000 + 100 * (1 + i % 20));
        }

        assertThat(cost.rowNanos()).isCloseTo(100, within(30.0));
        assertThat(cost.stepNanos(10)).isCloseTo(2000, within(100.0));
    }

    @Test
    void aStepThatWasHeldUpCountsLittle() {
        cost.prompts(300);
        for (int i = 0; i < 50; i++) {
            cost.record(1, 1000);
        }
        cost.record(1, 1_000_000);

        assertThat(cost.stepNanos(1)).isLessThan(1100);
    }

    @Test
    void nothingIsKnownBeforeTheFirstStep() {
        assertThat(cost.known()).isFalse();
        cost.record(1, 1000);
        assertThat(cost.known()).isTrue();
        assertThat(cost.rowNanos()).isCloseTo(500, within(1.0));
    }
}
