package dev.quantgate.bench;

import java.util.Objects;

/**
 * Something that is measured.
 *
 * @param name short name, such as {@code ttft_p50}
 * @param unit unit of its values
 * @param better which way it gets better
 * @param resolution smallest difference that means anything, above 0: smaller values count as this one, so that a ratio
 *     of two figures near zero says nothing
 */
public record Metric(String name, String unit, Better better, double resolution) {
    private static final double FINEST = 1e-9;

    public Metric {
        Objects.requireNonNull(name, "name");
        Objects.requireNonNull(unit, "unit");
        Objects.requireNonNull(better, "better");
        if (!(resolution > 0)) {
            throw new IllegalArgumentException("resolution: " + resolution + " (expected: > 0)");
        }
    }

    /** A figure that should be high. */
    public static Metric higher(String name, String unit) {
        return new Metric(name, unit, Better.HIGHER, FINEST);
    }

    /** A figure that should be low. */
    public static Metric lower(String name, String unit) {
        return new Metric(name, unit, Better.LOWER, FINEST);
    }

    /** The same figure with a resolution. */
    public Metric withResolution(double value) {
        return new Metric(name, unit, better, value);
    }

    double ratio(double ours, double peer) {
        return better.ratio(Math.max(resolution, ours), Math.max(resolution, peer));
    }
}
