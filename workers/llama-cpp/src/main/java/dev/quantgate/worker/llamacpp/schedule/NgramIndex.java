package dev.quantgate.worker.llamacpp.schedule;

import java.util.Arrays;

/**
 * Where a text's last tokens occurred before in it. Chains over hashes of three tokens, as compressors keep them: a
 * token costs two writes, a search a few reads.
 */
final class NgramIndex {
    /** Fewer equal tokens say nothing about the next one. */
    static final int GRAM_TOKENS = 3;

    /** What is longer is as good as certain, so nothing better is looked for. */
    static final int LONG_MATCH_TOKENS = 32;

    private static final int MAX_CANDIDATES = 8;
    private static final int FIRST_CAPACITY = 256;

    /** By hash: where its newest gram ends, 0 for none. */
    private int[] newest = new int[FIRST_CAPACITY];

    /** By the end of a gram: where the one before with the same hash ends, 0 for none. */
    private int[] before = new int[FIRST_CAPACITY];

    /** Grams that end here and further on are not in it yet. */
    private int next = GRAM_TOKENS;

    private int matchedTokens;

    /** Forgets everything, because tokens were taken out of the text. */
    void reset() {
        Arrays.fill(newest, 0);
        next = GRAM_TOKENS;
    }

    /**
     * Finds the longest earlier occurrence of the last tokens, the newest of equally long ones, and returns where it
     * ends, which is where its continuation begins; 0 if there is none.
     */
    int find(TokenList tokens) {
        add(tokens);
        matchedTokens = 0;
        var size = tokens.size();
        if (size <= GRAM_TOKENS) {
            return 0;
        }
        var best = 0;
        var end = newest[slot(tokens, size)];
        for (int i = 0; i < MAX_CANDIDATES && end > 0 && matchedTokens < LONG_MATCH_TOKENS; i++) {
            var matched = tokens.commonSuffix(end, size, LONG_MATCH_TOKENS);
            if (matched > matchedTokens && matched >= GRAM_TOKENS) {
                best = end;
                matchedTokens = matched;
            }
            end = before[end];
        }
        return best;
    }

    /** Length of what {@link #find} found, at most {@link #LONG_MATCH_TOKENS}. */
    int matchedTokens() {
        return matchedTokens;
    }

    /** All grams but the last one, which would find itself. */
    private void add(TokenList tokens) {
        if (tokens.size() > before.length) {
            grow(tokens.size());
        }
        for (; next < tokens.size(); next++) {
            var slot = slot(tokens, next);
            before[next] = newest[slot];
            newest[slot] = next;
        }
    }

    private void grow(int size) {
        var capacity = Integer.highestOneBit(size) << 1;
        newest = new int[capacity];
        before = new int[capacity];
        next = GRAM_TOKENS;
    }

    private int slot(TokenList tokens, int end) {
        var hash = (tokens.get(end - 3) * 31 + tokens.get(end - 2)) * 31 + tokens.get(end - 1);
        return ((hash * 0x9E3779B1) >>> 16) & (newest.length - 1);
    }
}
