package dev.quantgate.worker.llamacpp.schedule;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class PrefixBudgetTest {
    private final PrefixBudget budget = new PrefixBudget(2048);

    @Test
    void prefixesNobodyComesBackToGetLittleRoom() {
        for (int i = 0; i < PrefixBudget.PATIENCE_REQUESTS; i++) {
            assertThat(budget.tokens()).isEqualTo(2048);
            budget.started(20, 100);
        }

        assertThat(budget.tokens()).isEqualTo(512);
    }

    @Test
    void oneRequestThatFindsHalfItsPromptBringsTheRoomBack() {
        for (int i = 0; i < PrefixBudget.PATIENCE_REQUESTS; i++) {
            budget.started(0, 100);
        }
        budget.started(50, 100);

        assertThat(budget.tokens()).isEqualTo(2048);
    }

    @Test
    void promptsWithNothingInCommonGetNoRoomUntilOneHas() {
        for (int i = 0; i < PrefixBudget.PATIENCE_REQUESTS; i++) {
            budget.started(12, 100);
        }
        assertThat(budget.tokens()).isZero();

        budget.started(13, 100);
        assertThat(budget.tokens()).isEqualTo(512);
    }

    @Test
    void nothingIsKeptWithoutRoom() {
        assertThat(new PrefixBudget(0).enabled()).isFalse();
    }
}
