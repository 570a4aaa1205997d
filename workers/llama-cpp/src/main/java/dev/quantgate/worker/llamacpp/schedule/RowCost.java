package dev.quantgate.worker.llamacpp.schedule;

/**
 * What a step costs by its number of rows: a line through recent steps. Where these were all alike, a row is expected to
 * cost what a token of a prompt does.
 */
final class RowCost {
    private static final double FADING = 0.97;

    /** Rows squared: steps that differ by two rows tell as much as the prompts' slope. */
    private static final double WEIGHT_OF_PROMPTS = 4;

    /** A step that took more than this times what was expected was held up by something else. */
    private static final double HELD_UP = 2;

    /** No row is cheaper than so many of a prompt's. */
    private static final double LEAST_DIVISOR = 4;

    private double nanosPerPromptRow;
    private double weight;
    private double meanRows;
    private double meanNanos;
    private double variance;
    private double covariance;

    /** False until a step was seen. */
    boolean known() {
        return weight > 0;
    }

    void prompts(double nanosPerRow) {
        nanosPerPromptRow = nanosPerRow;
    }

    /** A step without prompts took so long. */
    void record(int rows, long nanos) {
        var took = known() ? Math.min((double) nanos, HELD_UP * stepNanos(rows)) : (double) nanos;
        weight = weight * FADING + 1;
        var share = 1 / weight;
        var rowsOff = rows - meanRows;
        var nanosOff = took - meanNanos;
        meanRows += share * rowsOff;
        meanNanos += share * nanosOff;
        variance = (1 - share) * (variance + share * rowsOff * rowsOff);
        covariance = (1 - share) * (covariance + share * rowsOff * nanosOff);
    }

    /** Nanoseconds that one more row adds to a step. */
    double rowNanos() {
        var expected = expectedRowNanos();
        var slope = (covariance + WEIGHT_OF_PROMPTS * expected) / (variance + WEIGHT_OF_PROMPTS);
        return Math.max(slope, expected / LEAST_DIVISOR);
    }

    double stepNanos(int rows) {
        var line = meanNanos + (rows - meanRows) * rowNanos();
        return Math.max(line, rows * expectedRowNanos() / LEAST_DIVISOR);
    }

    /** Before the first prompt: half of what a row costs alone. */
    private double expectedRowNanos() {
        return nanosPerPromptRow > 0 ? nanosPerPromptRow : meanNanos / (2 * Math.max(1, meanRows));
    }
}
