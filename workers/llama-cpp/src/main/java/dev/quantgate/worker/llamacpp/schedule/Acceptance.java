package dev.quantgate.worker.llamacpp.schedule;

/**
 * How often guesses came true, by their kind: how much of the text before them had occurred before, or a draft model. What
 * is recent counts most. Of a request, or of all requests of a loop, which are what a new request is expected to be like.
 */
final class Acceptance {
    /** An observation counts half after 23 more. */
    private static final float FADING = 0.97f;

    /** So many observations of one's own weigh as much as what is expected. */
    private static final float WEIGHT_OF_EXPECTED = 2;

    private static final int[] LONGER_THAN = {4, 8, 16};

    /** Kind of a draft model's guesses. */
    static final int MODEL = LONGER_THAN.length + 1;

    private static final float[] AT_FIRST = {0.4f, 0.6f, 0.8f, 0.95f, 0.7f};

    private final float[] hits = new float[AT_FIRST.length];
    private final float[] trials = new float[AT_FIRST.length];

    void record(int kind, boolean hit) {
        hits[kind] = hits[kind] * FADING + (hit ? 1 : 0);
        trials[kind] = trials[kind] * FADING + 1;
    }

    /** Probability of a guess of the kind, in what is recorded here alone. */
    private float expected(int kind) {
        return (hits[kind] + WEIGHT_OF_EXPECTED * AT_FIRST[kind]) / (trials[kind] + WEIGHT_OF_EXPECTED);
    }

    /** The same for a request, where others are like {@code all}. */
    float probability(int kind, Acceptance all) {
        return (hits[kind] + WEIGHT_OF_EXPECTED * all.expected(kind)) / (trials[kind] + WEIGHT_OF_EXPECTED);
    }

    /** Kind of a guess after so many tokens that had occurred before. */
    static int matched(int matchedTokens) {
        var kind = 0;
        while (kind < LONGER_THAN.length && matchedTokens > LONGER_THAN[kind]) {
            kind++;
        }
        return kind;
    }
}
