package dev.quantgate.worker.llamacpp.schedule;

/**
 * How one text is guessed to go on, and how often such guesses came true. A guess is also compared with the text when it
 * is not computed, so a text that becomes predictable is noticed without cost.
 */
final class Drafts {
    private static final int NONE = -1;

    private final NgramIndex index = new NgramIndex();
    private final Acceptance own = new Acceptance();

    /** The guess, and one token more, which is only compared. */
    private final int[] guess;

    private int start = NONE;
    private int size;
    private int decided;
    private double survival;
    private int draftedTokens;
    private int acceptedTokens;

    Drafts(int maxTokens) {
        guess = new int[maxTokens + 1];
    }

    /** Guesses anew, from what followed when the last tokens occurred before. */
    void look(TokenList tokens) {
        size = 0;
        decided = 0;
        survival = 1;
        start = index.find(tokens);
        if (start == 0) {
            start = NONE;
        } else {
            fill(tokens);
        }
    }

    /** Makes the guess one token longer if that is likelier to come true than {@code leastProbability}. */
    double extend(TokenList tokens, Acceptance all, int limit, double leastProbability) {
        if (start == NONE || size >= Math.min(limit, guess.length - 1)) {
            return 0;
        }
        var next = survival * own.probability(index.matchedTokens() + size, all);
        if (next <= leastProbability) {
            return 0;
        }
        survival = next;
        size++;
        fill(tokens);
        return next;
    }

    /** A continuation that reaches the end of the text goes on with itself. */
    private void fill(TokenList tokens) {
        var source = start + size;
        guess[size] = source < tokens.size() ? tokens.get(source) : guess[source - tokens.size()];
    }

    /** Number of guessed tokens that the step computes. */
    int size() {
        return size;
    }

    int token(int i) {
        return guess[i];
    }

    /** Nothing is guessed in this step, and nothing compared. */
    void clear() {
        start = NONE;
        size = 0;
        decided = 0;
    }

    /** The step's next token is certain; returns whether it was guessed, so that the row behind it counts. */
    boolean confirm(int token, Acceptance all) {
        if (start == NONE || decided > size) {
            return false;
        }
        var hit = token == guess[decided];
        own.record(index.matchedTokens() + decided, hit);
        all.record(index.matchedTokens() + decided, hit);
        decided++;
        return hit && decided <= size;
    }

    /** The step is over for this text. */
    void settled(int accepted) {
        draftedTokens += size;
        acceptedTokens += accepted;
        clear();
    }

    /** Tokens were taken out of the text. */
    void reset() {
        index.reset();
        clear();
    }

    int draftedTokens() {
        return draftedTokens;
    }

    int acceptedTokens() {
        return acceptedTokens;
    }
}
