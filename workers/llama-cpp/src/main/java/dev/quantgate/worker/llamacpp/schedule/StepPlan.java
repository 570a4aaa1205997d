package dev.quantgate.worker.llamacpp.schedule;

import java.util.List;

/**
 * What one step computes: a row for each stream that can go on, and prompts, those due first, within the budget; without
 * prompts also rows for tokens that are guessed.
 */
final class StepPlan {
    /**
     * Guesses fill a step up to so many rows. From 64 on attention is computed in tiles, which adds up in another order, and
     * each row takes memory for its logits.
     */
    static final int MAX_ROWS_WITH_GUESSES = 63;

    private static final int UNDECIDED = -1;

    private final StepBatch batch;
    private final Speculator speculator;
    private final DecodeRequest[] requests;
    private final int[] counts;
    private final int[] outputRows;
    private final int[] guesses;
    private final int[] accepted;
    private final int[] shares;
    private int size;
    private int decodeRows;
    private int promptTokens;
    private int newTokens;

    StepPlan(int batchTokens, Speculator speculator) {
        this.speculator = speculator;
        batch = new StepBatch(batchTokens);
        requests = new DecodeRequest[batchTokens];
        counts = new int[batchTokens];
        outputRows = new int[batchTokens];
        guesses = new int[batchTokens];
        accepted = new int[batchTokens];
        shares = new int[batchTokens];
    }

    /**
     * Fills the plan from the running requests. A prompt is due when it would be ready if nothing else had run since its
     * request arrived: so short ones pass long ones that came a little earlier, and none waits forever. Prompts that start
     * in this step come first in the batch: they are given the lowest free cells.
     *
     * @param guessRoom most rows for guessed tokens
     */
    void fill(List<DecodeRequest> running, StepBudget budget, int guessRoom) {
        batch.clear();
        size = 0;
        decodeRows = 0;
        promptTokens = 0;
        newTokens = 0;
        for (int i = 0; i < running.size(); i++) {
            decodeRows += decodes(running.get(i)) ? 1 : 0;
        }
        var allowance = budget.promptTokens(decodeRows);
        for (int i = 0; i < running.size(); i++) {
            shares[i] = decodes(running.get(i)) ? 1 : UNDECIDED;
        }
        for (var i = nextPrompt(running, budget); i >= 0 && promptTokens < allowance; i = nextPrompt(running, budget)) {
            shares[i] = promptShare(running.get(i), allowance - promptTokens);
            promptTokens += shares[i];
        }
        speculator.guess(running, decodeRows, promptTokens > 0 ? 0 : Math.min(guessRoom, roomBeside(decodeRows)));
        for (int i = 0; i < running.size(); i++) {
            if (shares[i] > 0 && starts(running.get(i))) {
                add(running.get(i), shares[i]);
            }
        }
        newTokens = batch.size();
        for (int i = 0; i < running.size(); i++) {
            if (shares[i] > 0 && !starts(running.get(i))) {
                add(running.get(i), shares[i]);
            }
        }
    }

    private int roomBeside(int rows) {
        return Math.max(0, Math.min(MAX_ROWS_WITH_GUESSES, batch.capacity()) - rows);
    }

    static boolean decodes(DecodeRequest request) {
        return request.decoding() && request.outlet().ready();
    }

    private static boolean starts(DecodeRequest request) {
        return request.openSequence().computed() == 0;
    }

    /** The prompt of highest priority that is due first among those without a share, or -1. */
    private int nextPrompt(List<DecodeRequest> running, StepBudget budget) {
        var next = -1;
        for (int i = 0; i < running.size(); i++) {
            if (shares[i] == UNDECIDED && (next < 0 || precedes(running.get(i), running.get(next), budget))) {
                next = i;
            }
        }
        return next;
    }

    private static boolean precedes(DecodeRequest one, DecodeRequest other, StepBudget budget) {
        var priority = Integer.compare(one.spec().priority(), other.spec().priority());
        return priority > 0 || (priority == 0 && due(one, budget) - due(other, budget) < 0);
    }

    private static long due(DecodeRequest request, StepBudget budget) {
        return request.spec().arrivedAt() + (long) (request.pendingTokens() * budget.nanosPerPromptToken());
    }

    private static int promptShare(DecodeRequest request, int allowance) {
        if (request.decoding()) {
            return 0;
        }
        // The last token of a prompt yields a token, and that needs credit.
        var computable = request.pendingTokens() - (request.outlet().ready() ? 0 : 1);
        return Math.max(0, Math.min(computable, allowance));
    }

    private void add(DecodeRequest request, int count) {
        var sequence = request.openSequence();
        var output = count == request.pendingTokens();
        var row = batch.add(request.tokens(), sequence.computed(), count, sequence.id(), output);
        guesses[size] = output && request.decoding() ? addGuesses(request, sequence) : 0;
        accepted[size] = 0;
        requests[size] = request;
        counts[size] = count;
        outputRows[size] = output ? row : -1;
        size++;
    }

    private int addGuesses(DecodeRequest request, KvSequence sequence) {
        var drafts = request.drafts();
        if (drafts == null) {
            return 0;
        }
        for (int i = 0; i < drafts.size(); i++) {
            batch.addGuess(drafts.token(i), request.tokens().size() + i, sequence.id());
        }
        return drafts.size();
    }

    /** The next token of the request is certain; returns whether it was guessed and computed. */
    boolean confirm(int index, int token) {
        var drafts = requests[index].drafts();
        return drafts != null && drafts.confirm(token, speculator.all());
    }

    /** A guess is part of the text; returns the row that the next token is sampled from. */
    int accept(int index) {
        return outputRows[index] + ++accepted[index];
    }

    /** No more of the request's guesses become part of the text; returns how many were computed for nothing. */
    int settle(int index) {
        var drafts = requests[index].drafts();
        var rejected = guesses[index] - accepted[index];
        if (drafts != null) {
            drafts.settled(accepted[index]);
        }
        guesses[index] = 0;
        accepted[index] = 0;
        return rejected;
    }

    StepBatch batch() {
        return batch;
    }

    /** Number of requests in the plan. */
    int size() {
        return size;
    }

    DecodeRequest request(int index) {
        return requests[index];
    }

    /** Tokens of the request that the step computes. */
    int count(int index) {
        return counts[index];
    }

    /** Row to sample the request's next token from, or -1. */
    int outputRow(int index) {
        return outputRows[index];
    }

    /** Rows for guessed tokens, of all requests. */
    int guesses() {
        return batch.size() - decodeRows - promptTokens;
    }

    int decodeRows() {
        return decodeRows;
    }

    int promptTokens() {
        return promptTokens;
    }

    /** Leading rows of the batch that belong to sequences without cells. */
    int newTokens() {
        return newTokens;
    }
}
