package dev.quantgate.bench.load;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

final class LoadResultTest {
    private static final long MILLI = 1_000_000;

    @Test
    void readingsComeFromTheEventsOfAllTraces() {
        var result = new LoadResult(List.of(trace(10, 12, 16), trace(30, 31, 32)), 6, 2);

        assertThat(result.readings())
                .containsEntry("tokens_per_s", 3.0)
                .containsEntry("ttft_p50", 20.0)
                .containsEntry("itl_p50", 1.5)
                .hasEntrySatisfying("ttft_p99", p99 -> assertThat(p99).isBetween(29.0, 30.0))
                .hasEntrySatisfying("itl_p99", p99 -> assertThat(p99).isBetween(3.9, 4.0));
    }

    @Test
    void answersOfOneTokenHaveNoTimeBetweenTokens() {
        assertThat(new LoadResult(List.of(trace(5)), 1, 1).readings())
                .containsKey("ttft_p50")
                .doesNotContainKeys("itl_p50", "itl_p99");
    }

    private static Trace trace(long... eventMillis) {
        var events = new EventTimes();
        for (var millis : eventMillis) {
            events.add(millis * MILLI);
        }
        return new Trace(0, events, eventMillis[eventMillis.length - 1] * MILLI, eventMillis.length);
    }
}
