package dev.quantgate.worker.llamacpp.schedule;

import org.jspecify.annotations.Nullable;

/**
 * How one text is guessed to go on, and how often such guesses came true. A guess is also compared with the text when it
 * is not computed, so a text that becomes predictable is noticed without cost.
 */
final class Drafts {
    private static final int NONE = -1;
    private static final int SHORTEST_PAUSE_TOKENS = 16;
    private static final int LONGEST_PAUSE_TOKENS = 512;

    private final NgramIndex index = new NgramIndex();
    private final Acceptance own = new Acceptance();

    /** The guess, and one token more, which is only compared. */
    private final int[] guess;

    private int start = NONE;
    private boolean byModel;
    private int pauseTokens = SHORTEST_PAUSE_TOKENS / 2;
    private int resumeAt;

    /** The text in the draft model, if there is one and the request runs. */
    private DraftModel.@Nullable Text modelText;

    private int known;
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
        clear();
        start = index.find(tokens);
        if (start == 0) {
            start = NONE;
        } else {
            fill(tokens);
        }
    }

    /** Makes the guess one token longer if that is likelier to come true than {@code leastProbability}. */
    double extend(TokenList tokens, Acceptance all, int limit, double leastProbability) {
        if (byModel || start == NONE || size >= Math.min(limit, guess.length - 1)) {
            return 0;
        }
        var next = survival * own.probability(kind(size), all);
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
        known = size + 1;
    }

    private int kind(int position) {
        return byModel ? Acceptance.MODEL : Acceptance.matched(index.matchedTokens() + position);
    }

    /** The text in the draft model; null without one. */
    DraftModel.@Nullable Text modelText() {
        return modelText;
    }

    void modelText(DraftModel.@Nullable Text text) {
        modelText = text;
    }

    /** Leaves the guess to the draft model, unless the text itself has the better one or the model's did not pay lately. */
    boolean beginModel(TokenList tokens, Acceptance all) {
        var better = start != NONE && own.probability(kind(0), all) > own.probability(Acceptance.MODEL, all);
        if (modelText == null || better || tokens.size() < resumeAt) {
            return false;
        }
        clear();
        byModel = true;
        return true;
    }

    /** Probability that the model's next guess, and all before it, come true. */
    double modelSurvival(Acceptance all) {
        return survival * own.probability(Acceptance.MODEL, all);
    }

    /** Whether the model may guess one token to see whether it has become better. */
    boolean probes() {
        return resumeAt > 0 && size == 0;
    }

    /** The model's guess does not pay: it is asked again later, and later each time. */
    void pauseModel(TokenList tokens) {
        pauseTokens = Math.min(LONGEST_PAUSE_TOKENS, 2 * pauseTokens);
        resumeAt = tokens.size() + pauseTokens;
    }

    /** The model's guess pays. */
    void resumeModel() {
        pauseTokens = SHORTEST_PAUSE_TOKENS / 2;
        resumeAt = 0;
    }

    void addByModel(int token, Acceptance all) {
        survival = modelSurvival(all);
        guess[size++] = token;
        known = size;
    }

    /** Probability that the whole guess comes true. */
    double survival() {
        return survival;
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
        byModel = false;
        known = 0;
        size = 0;
        decided = 0;
        survival = 1;
    }

    /** The step's next token is certain; returns whether it was guessed, so that the row behind it counts. */
    boolean confirm(int token, Acceptance all) {
        if (decided >= known) {
            return false;
        }
        var hit = token == guess[decided];
        own.record(kind(decided), hit);
        all.record(kind(decided), hit);
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
        resumeAt = Math.min(resumeAt, 1);
        clear();
    }

    int draftedTokens() {
        return draftedTokens;
    }

    int acceptedTokens() {
        return acceptedTokens;
    }
}
