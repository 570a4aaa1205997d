package dev.quantgate.gateway.routing;

import java.util.concurrent.atomic.AtomicLongArray;
import java.util.concurrent.atomic.LongAdder;

/** Counts of durations in fixed buckets from half a millisecond to two minutes. Thread-safe; recording allocates nothing. */
public final class LatencyHistogram {
    private static final long[] BOUNDS_MICROS = {
        500,
        1_000,
        2_500,
        5_000,
        10_000,
        25_000,
        50_000,
        100_000,
        250_000,
        500_000,
        1_000_000,
        2_500_000,
        5_000_000,
        10_000_000,
        30_000_000,
        120_000_000
    };

    private final AtomicLongArray counts = new AtomicLongArray(BOUNDS_MICROS.length + 1);
    private final LongAdder sumNanos = new LongAdder();

    /**
     * What a histogram held at one moment.
     *
     * @param boundsSeconds upper bound of each bucket, rising; the last is infinite
     * @param counts durations in each bucket alone
     * @param sumSeconds of all durations
     */
    @SuppressWarnings("ArrayRecordComponent") // Made for one reader; nobody compares it.
    public record Snapshot(double[] boundsSeconds, long[] counts, double sumSeconds) {}

    /** Counts {@code times} durations of {@code nanos} each; a negative one counts as 0. */
    void record(long nanos, int times) {
        var duration = Math.max(0, nanos);
        int bucket = 0;
        while (bucket < BOUNDS_MICROS.length && duration > BOUNDS_MICROS[bucket] * 1_000) {
            bucket++;
        }
        counts.getAndAdd(bucket, times);
        sumNanos.add(duration * times);
    }

    public Snapshot snapshot() {
        var bounds = new double[counts.length()];
        var present = new long[counts.length()];
        for (int i = 0; i < present.length; i++) {
            bounds[i] = i < BOUNDS_MICROS.length ? BOUNDS_MICROS[i] / 1e6 : Double.POSITIVE_INFINITY;
            present[i] = counts.get(i);
        }
        return new Snapshot(bounds, present, sumNanos.sum() / 1e9);
    }
}
