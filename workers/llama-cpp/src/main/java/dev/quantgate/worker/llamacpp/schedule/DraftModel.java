package dev.quantgate.worker.llamacpp.schedule;

import dev.quantgate.worker.llamacpp.schedule.DecodeEngine.Outcome;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.function.LongSupplier;

/**
 * A second, smaller model that guesses how texts go on, several at once. Its context holds each text as far as it was
 * needed; what the text did not become is cut off when it is needed again. Used by the loop's thread alone.
 */
public final class DraftModel implements AutoCloseable {
    private final DecodeEngine engine;
    private final TokenSampler greedy;
    private final LongSupplier clock;
    private final StepBatch batch;
    private final SampleRows rows;
    private final RowCost cost = new RowCost();
    private final Deque<Integer> freeIds = new ArrayDeque<>();
    private final List<Text> open = new ArrayList<>();

    /** What the model's context holds of one text. */
    static final class Text {
        private final int sequence;
        private final TokenList held = new TokenList(new int[0]);
        private int row = -1;

        private Text(int sequence) {
            this.sequence = sequence;
        }
    }

    /**
     * Takes over the engine of the small model, which needs a sequence for each text that runs, and a sampler that takes
     * the likeliest token.
     */
    public DraftModel(DecodeEngine engine, TokenSampler greedy) {
        this(engine, greedy, System::nanoTime);
    }

    /** With the clock, in nanoseconds, that its steps are timed by. */
    DraftModel(DecodeEngine engine, TokenSampler greedy, LongSupplier clock) {
        this.engine = engine;
        this.greedy = greedy;
        this.clock = clock;
        batch = new StepBatch(engine.batchTokens());
        rows = new SampleRows(engine.batchTokens());
        for (int id = engine.sequenceSlots() - 1; id >= 0; id--) {
            freeIds.push(id);
        }
    }

    Text open() {
        var text = new Text(freeIds.pop());
        open.add(text);
        return text;
    }

    void close(Text text) {
        open.remove(text);
        forget(text, 0);
        freeIds.push(text.sequence);
    }

    /** Starts a batch. */
    void begin() {
        batch.clear();
        rows.clear();
    }

    /**
     * Adds what the model does not hold yet of a text, as far as there is room.
     *
     * @return whether the batch will tell the token after its last one
     */
    boolean add(Text text, TokenList tokens) {
        text.row = -1;
        // The last token is computed even if it is held: its output is what is wanted.
        var common = Math.min(tokens.commonPrefix(text.held, text.held.size()), tokens.size() - 1);
        forget(text, common);
        var count = Math.min(tokens.size() - common, batch.capacity() - batch.size());
        if (count == 0) {
            return false;
        }
        for (int i = 0; i < count; i++) {
            text.held.add(tokens.get(common + i));
        }
        var whole = common + count == tokens.size();
        output(text, batch.add(text.held, common, count, text.sequence, whole), whole);
        return whole;
    }

    /** Adds a token that the model guessed itself; false if there is no room. */
    boolean add(Text text, int token) {
        text.row = -1;
        if (batch.size() == batch.capacity()) {
            return false;
        }
        text.held.add(token);
        output(text, batch.add(text.held, text.held.size() - 1, 1, text.sequence, true), true);
        return true;
    }

    private void output(Text text, int row, boolean wanted) {
        if (wanted) {
            text.row = rows.size();
            rows.add(row, greedy);
        }
    }

    /** Computes the batch; false if the context has no room for it, and then holds nothing any more. */
    boolean run() {
        var startedAt = clock.getAsLong();
        if (engine.decode(batch) != Outcome.DONE) {
            open.forEach(text -> forget(text, 0));
            return false;
        }
        if (rows.size() > 0) {
            engine.sample(rows);
        }
        cost.record(batch.size(), clock.getAsLong() - startedAt);
        return true;
    }

    /** What the model would go on with after a text that was added. */
    int token(Text text) {
        return rows.token(text.row);
    }

    /** Nanoseconds that a step for so many texts takes; 0 until one was run. */
    double stepNanos(int texts) {
        return cost.known() ? cost.stepNanos(texts) : 0;
    }

    /** After native code failed. */
    void recover() {
        engine.recover();
        open.forEach(text -> text.held.cut(0));
    }

    private void forget(Text text, int tokens) {
        if (text.held.size() > tokens) {
            text.held.cut(tokens);
            engine.keepPrefix(text.sequence, tokens);
        }
    }

    @Override
    public void close() {
        greedy.close();
        engine.close();
    }
}
