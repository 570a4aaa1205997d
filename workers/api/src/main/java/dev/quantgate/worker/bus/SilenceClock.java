package dev.quantgate.worker.bus;

import java.time.Duration;

/**
 * Measures how much silence a tick adds. A tick that comes late, because this process itself was stopped or starved,
 * counts as two at most: signs of life may wait in its own queues.
 */
final class SilenceClock {
    private final Duration most;
    private long lastNanos;

    SilenceClock(Duration tick, long nowNanos) {
        this.most = tick.multipliedBy(2);
        this.lastNanos = nowNanos;
    }

    /** Time to count since the tick before. */
    Duration elapsed(long nowNanos) {
        var elapsed = Duration.ofNanos(nowNanos - lastNanos);
        lastNanos = nowNanos;
        return elapsed.compareTo(most) > 0 ? most : elapsed;
    }
}
