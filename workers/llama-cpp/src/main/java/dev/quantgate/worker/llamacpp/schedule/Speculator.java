package dev.quantgate.worker.llamacpp.schedule;

import java.util.List;

/**
 * Decides how many guessed tokens a step computes beside those that it has to. A guess joins while it wins more time than
 * its row costs: its probability must be above the step's tokens for each nanosecond, times the nanoseconds of a row. A
 * full batch, whose rows nearly pay for the step, therefore takes none but certain ones.
 */
final class Speculator {
    /** A guess has to win clearly: rows of a few more tokens cost more than those of many, and estimates err. */
    private static final double MARGIN = 1.05;

    private final int maxTokens;
    private final Acceptance all = new Acceptance();
    private final RowCost cost = new RowCost();

    /** Guesses at most so many tokens of a text at once, 0 for none. */
    Speculator(int maxTokens) {
        this.maxTokens = maxTokens;
    }

    /** The state for a new request, or none. */
    Drafts open() {
        return new Drafts(maxTokens);
    }

    Acceptance all() {
        return all;
    }

    RowCost cost() {
        return cost;
    }

    /** Guesses for all texts of a step that computes no prompts; at most {@code room} tokens together. */
    void guess(List<DecodeRequest> running, int rows, int room) {
        for (int i = 0; i < running.size(); i++) {
            var request = running.get(i);
            var drafts = request.drafts();
            if (drafts != null) {
                drafts.clear();
                if (StepPlan.decodes(request)) {
                    drafts.look(request.tokens());
                }
            }
        }
        if (cost.known() && rows > 0) {
            extend(running, rows, room);
        }
    }

    /** One token for each text in turn, so that none takes all. */
    private void extend(List<DecodeRequest> running, int rows, int room) {
        var rowNanos = cost.rowNanos();
        var stepNanos = cost.stepNanos(rows);
        double tokens = rows;
        var left = room;
        for (var grew = true; grew; ) {
            grew = false;
            for (int i = 0; i < running.size() && left > 0; i++) {
                var request = running.get(i);
                var drafts = request.drafts();
                if (drafts == null) {
                    continue;
                }
                var least = MARGIN * rowNanos * tokens / stepNanos;
                var won = drafts.extend(request.tokens(), all, request.guessable(), least);
                if (won > 0) {
                    tokens += won;
                    stepNanos += rowNanos;
                    left--;
                    grew = true;
                }
            }
        }
    }
}
