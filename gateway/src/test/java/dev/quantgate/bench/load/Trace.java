package dev.quantgate.bench.load;

import java.util.Arrays;

/**
 * What a client saw of one request; all times are {@link System#nanoTime}.
 *
 * @param sentNanos when it was sent
 * @param eventNanos when each event with text came
 * @param endNanos when the answer was complete
 * @param tokens tokens generated, as the server counts them
 */
public record Trace(long sentNanos, EventTimes eventNanos, long endNanos, int tokens) {
    private static final double NANOS_PER_MILLI = 1e6;

    /** Time from sending to the first event. */
    public double firstMillis() {
        return (eventNanos.at(0) - sentNanos) / NANOS_PER_MILLI;
    }

    /** Times between neighbouring events. */
    public double[] gapsMillis() {
        var gaps = new double[Math.max(0, eventNanos.count() - 1)];
        Arrays.setAll(gaps, i -> (eventNanos.at(i + 1) - eventNanos.at(i)) / NANOS_PER_MILLI);
        return gaps;
    }
}
