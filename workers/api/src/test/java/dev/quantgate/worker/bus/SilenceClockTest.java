package dev.quantgate.worker.bus;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;

class SilenceClockTest {
    private final SilenceClock clock = new SilenceClock(Duration.ofNanos(100), 1000);

    @Test
    void countsTheTimeBetweenTicks() {
        assertThat(clock.elapsed(1100)).isEqualTo(Duration.ofNanos(100));
        assertThat(clock.elapsed(1250)).isEqualTo(Duration.ofNanos(150));
    }

    @Test
    void aLateTickCountsAsTwoAtMost() {
        assertThat(clock.elapsed(9000)).isEqualTo(Duration.ofNanos(200));
        assertThat(clock.elapsed(9001)).isEqualTo(Duration.ofNanos(1));
    }
}
