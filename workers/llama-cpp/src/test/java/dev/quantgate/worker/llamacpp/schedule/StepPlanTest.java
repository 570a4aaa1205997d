package dev.quantgate.worker.llamacpp.schedule;

import static dev.quantgate.worker.llamacpp.schedule.Requests.numbers;
import static dev.quantgate.worker.llamacpp.schedule.Requests.request;
import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class StepPlanTest {
    private static final long MILLI = 1_000_000;

    private final KvPool cache = new KvPool(new FakeEngine(4096, 8, 256), 0);
    private final StepBudget budget = new StepBudget(Duration.ofMillis(80), 256);
    private final StepPlan plan = new StepPlan(256, new Speculator(0, null));

    @BeforeEach
    void aPromptTokenTakesAMillisecond() {
        budget.record(0, 100, 100 * MILLI);
    }

    private DecodeRequest prompt(int tokens, int priority, long arrivedAt) {
        var opened = request()
                .prompt(numbers(tokens, 1))
                .priority(priority)
                .arrivedAt(arrivedAt)
                .build();
        opened.opened(cache.open(opened.tokens()));
        return opened;
    }

    private int share(DecodeRequest request) {
        for (int i = 0; i < plan.size(); i++) {
            if (plan.request(i) == request) {
                return plan.count(i);
            }
        }
        return 0;
    }

    @Test
    void aShortPromptPassesALongOneThatCameALittleEarlier() {
        var early = prompt(400, 0, 0);
        var late = prompt(20, 0, 300 * MILLI);

        plan.fill(List.of(early, late), budget, 0);

        assertThat(share(late)).isEqualTo(20);
        assertThat(share(early)).isEqualTo(256 - 20);
    }

    @Test
    void aShortPromptWaitsForALongOneThatCameMuchEarlier() {
        var early = prompt(400, 0, 0);
        var late = prompt(20, 0, 500 * MILLI);

        plan.fill(List.of(early, late), budget, 0);

        assertThat(share(early)).isEqualTo(256);
        assertThat(share(late)).isZero();
    }

    @Test
    void priorityGoesBeforeLength() {
        var important = prompt(400, 1, 0);
        var shorter = prompt(20, 0, 0);

        plan.fill(List.of(important, shorter), budget, 0);

        assertThat(share(important)).isEqualTo(256);
        assertThat(share(shorter)).isZero();
    }
}
