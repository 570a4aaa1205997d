package dev.quantgate.worker.llamacpp.schedule;

import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Decides how many guessed tokens a step computes beside those that it has to. A guess joins while it wins more time than
 * its row costs: its probability must be above the step's tokens for each nanosecond, times the nanoseconds of a row. A
 * full batch, whose rows nearly pay for the step, therefore takes none but certain ones.
 */
final class Speculator implements AutoCloseable {
    /** A guess has to win clearly: rows of a few more tokens cost more than those of many, and estimates err. */
    private static final double MARGIN = 1.05;

    private final int maxTokens;
    private final @Nullable DraftModel model;
    private final List<DecodeRequest> asking = new ArrayList<>();
    private final Acceptance all = new Acceptance();
    private final RowCost cost = new RowCost();

    /** Of the step that is planned: tokens that it will yield, what it will take, and rows that are left. */
    private double tokens;

    private double stepNanos;
    private int left;

    /** Guesses at most so many tokens of a text at once, 0 for none; from the text itself, and by a model if there is one. */
    Speculator(int maxTokens, @Nullable DraftModel model) {
        this.maxTokens = maxTokens;
        this.model = model;
    }

    /** A request begins to run. */
    void started(DecodeRequest request) {
        var drafts = request.drafts();
        if (model != null && drafts != null) {
            drafts.modelText(model.open());
        }
    }

    /** A request runs no longer. */
    void stopped(DecodeRequest request) {
        var drafts = request.drafts();
        if (model != null && drafts != null && drafts.modelText() != null) {
            model.close(drafts.modelText());
            drafts.modelText(null);
        }
    }

    /** After native code failed. */
    void recover() {
        if (model != null) {
            model.recover();
        }
    }

    @Override
    public void close() {
        if (model != null) {
            model.close();
        }
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
        if (!cost.known() || rows == 0 || room == 0) {
            return;
        }
        tokens = rows;
        stepNanos = cost.stepNanos(rows);
        left = room;
        if (model != null) {
            guess(model, running);
        }
        extend(running);
    }

    /** One token for each text in turn, so that none takes all. */
    private void extend(List<DecodeRequest> running) {
        var rowNanos = cost.rowNanos();
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

    /** The model guesses a token for all texts that want one at a time, as long as these win more than that costs. */
    private void guess(DraftModel draftModel, List<DecodeRequest> running) {
        asking.clear();
        for (int i = 0; i < running.size(); i++) {
            var request = running.get(i);
            var drafts = request.drafts();
            if (drafts != null && StepPlan.decodes(request) && drafts.beginModel(request.tokens(), all)) {
                asking.add(request);
            }
        }
        while (keepWorthwhile(draftModel) && compute(draftModel)) {
            // Each round makes the guesses one token longer.
        }
        asking.clear();
    }

    /** Drops the texts for which another guess would not pay; false if none is left. */
    private boolean keepWorthwhile(DraftModel draftModel) {
        var rowNanos = cost.rowNanos();
        var priceOfNano = MARGIN * tokens / stepNanos;
        var share = asking.isEmpty() ? 0 : draftModel.stepNanos(asking.size()) / asking.size();
        for (int i = asking.size() - 1; i >= 0; i--) {
            var request = asking.get(i);
            var drafts = openDrafts(request);
            var pays = drafts.modelSurvival(all) > (rowNanos + share) * priceOfNano;
            if (pays && drafts.probes()) {
                drafts.resumeModel();
            } else if (!pays && drafts.size() == 0) {
                pays = drafts.probes();
                drafts.pauseModel(request.tokens());
            }
            if (!pays || drafts.size() >= Math.min(request.guessable(), maxTokens) || left < asking.size()) {
                asking.remove(i);
            }
        }
        return !asking.isEmpty();
    }

    /** False if there is nothing to go on with. */
    private boolean compute(DraftModel draftModel) {
        draftModel.begin();
        for (int i = asking.size() - 1; i >= 0; i--) {
            var request = asking.get(i);
            var drafts = openDrafts(request);
            var text = openText(drafts);
            var added = drafts.size() == 0
                    ? draftModel.add(text, request.tokens())
                    : draftModel.add(text, drafts.token(drafts.size() - 1));
            if (!added) {
                asking.remove(i);
            }
        }
        if (!draftModel.run()) {
            asking.forEach(request -> openDrafts(request).pauseModel(request.tokens()));
            return false;
        }
        for (int i = 0; i < asking.size(); i++) {
            var drafts = openDrafts(asking.get(i));
            drafts.addByModel(draftModel.token(openText(drafts)), all);
            tokens += drafts.survival();
        }
        stepNanos += draftModel.stepNanos(asking.size()) + asking.size() * cost.rowNanos();
        left -= asking.size();
        return !asking.isEmpty();
    }

    private static Drafts openDrafts(DecodeRequest request) {
        return Objects.requireNonNull(request.drafts(), "drafts");
    }

    private static DraftModel.Text openText(Drafts drafts) {
        return Objects.requireNonNull(drafts.modelText(), "modelText");
    }
}
