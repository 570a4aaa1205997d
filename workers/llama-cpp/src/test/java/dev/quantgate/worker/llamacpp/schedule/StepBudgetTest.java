package dev.quantgate.worker.llamacpp.schedule;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;

class StepBudgetTest {
    private static final long MILLI = 1_000_000;

    private final StepBudget budget = new StepBudget(Duration.ofMillis(80), 512);

    @Test
    void withoutRunningStreamsAPromptMayFillTheBatch() {
        budget.record(0, 512, 5120 * MILLI);

        assertThat(budget.promptTokens(0)).isEqualTo(512);
    }

    @Test
    void promptsGetWhatIsLeftOfTheTarget() {
        budget.record(4, 0, 30 * MILLI);
        budget.record(0, 100, 50 * MILLI);

        assertThat(budget.promptTokens(4)).isEqualTo(100);
    }

    @Test
    void promptsGetAsMuchTimeAsStreamsThatUseTheTargetUp() {
        budget.record(8, 0, 90 * MILLI);
        budget.record(0, 100, 100 * MILLI);

        assertThat(budget.promptTokens(8)).isEqualTo(90);
    }

    @Test
    void chunksNeverShrinkBelowWhatIsEfficient() {
        budget.record(1, 0, 10 * MILLI);
        budget.record(0, 100, 10_000 * MILLI);

        assertThat(budget.promptTokens(1)).isEqualTo(StepBudget.MIN_CHUNK_TOKENS);
    }
}
