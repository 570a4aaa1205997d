package dev.quantgate.bench;

import java.util.Arrays;

/** Order statistics of small samples. */
public final class Statistics {
    private static final double HALF = 0.5;

    private Statistics() {}

    /** The middle value, or the mean of the two middle ones. */
    public static double median(double... values) {
        return quantile(values, HALF);
    }

    /**
     * The value below which a share of the others lies, interpolated between neighbours.
     *
     * @param values at least one
     * @param share 0 (smallest) to 1 (largest)
     */
    public static double quantile(double[] values, double share) {
        if (values.length == 0) {
            throw new IllegalArgumentException("values: none (expected: at least one)");
        }
        if (!(share >= 0 && share <= 1)) {
            throw new IllegalArgumentException("share: " + share + " (expected: 0 to 1)");
        }
        var sorted = values.clone();
        Arrays.sort(sorted);
        var at = share * (sorted.length - 1);
        var below = (int) Math.floor(at);
        var above = (int) Math.ceil(at);
        return sorted[below] + (at - below) * (sorted[above] - sorted[below]);
    }
}
