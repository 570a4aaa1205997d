package dev.quantgate.worker.llamacpp.schedule;

import java.time.Duration;

/**
 * How many prompt tokens may join a step without holding up the running streams for longer than a target. Learns the
 * cost of a decode row and of a prompt token from the steps that were run.
 */
final class StepBudget {
    /** Smaller chunks cost more for each token: measured 12% more at 32 tokens than at 192, and 30% more at 16. */
    static final int MIN_CHUNK_TOKENS = 32;

    private static final double WEIGHT_OF_NEWEST = 0.2;

    private final long targetNanos;
    private final int batchTokens;
    private double nanosPerPromptToken;
    private double nanosPerDecodeStep;

    StepBudget(Duration target, int batchTokens) {
        this.targetNanos = target.toNanos();
        this.batchTokens = batchTokens;
    }

    /** Prompt tokens that may join a step of {@code decodeRows} running streams. */
    int promptTokens(int decodeRows) {
        var room = batchTokens - decodeRows;
        if (decodeRows == 0) {
            return room;
        }
        if (nanosPerPromptToken == 0) {
            // Nothing is known yet: a quarter of a batch is neither slow to start nor a long stall.
            return Math.min(room, Math.max(MIN_CHUNK_TOKENS, batchTokens / 4));
        }
        // Where running streams alone nearly use the target up, prompts still get as much time as they.
        var affordable = Math.max(targetNanos - nanosPerDecodeStep, nanosPerDecodeStep) / nanosPerPromptToken;
        return Math.min(room, Math.max(MIN_CHUNK_TOKENS, (int) Math.min(affordable, batchTokens)));
    }

    /** Nanoseconds for each prompt token, 0 until it is known. */
    double nanosPerPromptToken() {
        return nanosPerPromptToken;
    }

    /** Learns from a step that took so long, and lets the cost of guesses learn from it too. */
    void learn(StepPlan plan, RowCost cost, long nanos) {
        var guessNanos = 0L;
        if (plan.promptTokens() == 0) {
            cost.prompts(nanosPerPromptToken);
            cost.record(plan.batch().size(), nanos);
            guessNanos = (long) (plan.guesses() * cost.rowNanos());
        }
        record(plan.decodeRows(), plan.promptTokens(), Math.max(0, nanos - guessNanos));
    }

    void record(int decodeRows, int promptTokens, long nanos) {
        if (promptTokens == 0) {
            nanosPerDecodeStep = blend(nanosPerDecodeStep, (double) nanos);
        } else if (promptTokens >= MIN_CHUNK_TOKENS) {
            var rest = Math.max(nanos - (decodeRows == 0 ? 0 : nanosPerDecodeStep), nanos / 4.0);
            nanosPerPromptToken = blend(nanosPerPromptToken, rest / promptTokens);
        }
    }

    private static double blend(double old, double newest) {
        return old == 0 ? newest : old + WEIGHT_OF_NEWEST * (newest - old);
    }
}
