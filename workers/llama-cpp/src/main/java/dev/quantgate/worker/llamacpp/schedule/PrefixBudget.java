package dev.quantgate.worker.llamacpp.schedule;

/**
 * How many tokens of finished sequences the cache may keep. Attention looks at every cell below the highest in use, so
 * cached prefixes slow every step down: while requests come back to them they are worth that, otherwise few are kept, and
 * none while requests have next to nothing in common.
 */
final class PrefixBudget {
    /** So many requests in a row that found nothing worth having make the cache small. */
    static final int PATIENCE_REQUESTS = 8;

    private static final int SMALL_DIVISOR = 4;

    /** A prompt that shares less than one part in so many gains nothing worth the cells. */
    private static final int WORTHLESS_SHARE = 8;

    private final int limitTokens;
    private int fruitless;
    private int worthless;

    /** 0 tokens turn the prefix cache off. */
    PrefixBudget(int limitTokens) {
        this.limitTokens = limitTokens;
    }

    boolean enabled() {
        return limitTokens > 0;
    }

    int tokens() {
        if (worthless >= PATIENCE_REQUESTS) {
            return 0;
        }
        return fruitless < PATIENCE_REQUESTS ? limitTokens : Math.max(1, limitTokens / SMALL_DIVISOR);
    }

    /** A request starts, whose prompt shares so many tokens with an earlier one. */
    void started(int sharedTokens, int promptTokens) {
        // A system prompt of a few words alone, which the newest prefix has too, does not justify many.
        fruitless = sharedTokens * 2L >= promptTokens ? 0 : Math.min(PATIENCE_REQUESTS, fruitless + 1);
        worthless =
                (long) sharedTokens * WORTHLESS_SHARE >= promptTokens ? 0 : Math.min(PATIENCE_REQUESTS, worthless + 1);
    }
}
