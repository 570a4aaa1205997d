package dev.quantgate.worker.llamacpp.schedule;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.Collections;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.ToIntFunction;
import java.util.stream.IntStream;

/**
 * A model whose next token is a hash of everything its sequence holds, so that any slip of the KV bookkeeping changes the
 * text. Checks what native code would take silently.
 */
final class FakeEngine implements DecodeEngine {
    static final int VOCABULARY = 1000;

    private final int kvTokens;
    private final int slots;
    private final int batchTokens;
    private final Map<Integer, List<Cell>> sequences = new HashMap<>();
    final List<Integer> stepSizes = new ArrayList<>();
    final List<Integer> decodeRowsOfSteps = new ArrayList<>();
    private final List<Integer> chosen = new ArrayList<>();
    private boolean separateSequences;
    private volatile boolean abortRequested;
    private Runnable duringDecode = () -> {};
    boolean closed;
    int recoveries;
    int sampledRows;

    /** Time that steps take: so much, and more for each row. */
    long nanosPerStep = 1_000_000;

    long nanosPerRow = 20_000;
    private long now;

    int highestCell;
    boolean refuseStates;
    private AdapterSet adapters = AdapterSet.NONE;
    final List<AdapterSet> adaptersOfSteps = new ArrayList<>();

    /** How the text of a sequence goes on. */
    ToIntFunction<List<Integer>> model = FakeEngine::next;

    FakeEngine(int kvTokens, int slots, int batchTokens) {
        this.kvTokens = kvTokens;
        this.slots = slots;
        this.batchTokens = batchTokens;
    }

    /** Each sequence has an equal part of the cells for itself. */
    FakeEngine withSeparateSequences() {
        separateSequences = true;
        return this;
    }

    private static final class Cell {
        private final int token;
        private final int index;
        private final AdapterSet adapters;

        private Cell(int token, int index, AdapterSet adapters) {
            this.token = token;
            this.index = index;
            this.adapters = adapters;
        }

        /** What the cell holds depends on the adapters that it was computed with. */
        private int content() {
            return content(token, adapters);
        }

        private static int content(int token, AdapterSet adapters) {
            return adapters.equals(AdapterSet.NONE)
                    ? token
                    : token + 31 * adapters.adapters().hashCode();
        }
    }

    /** Runs once, inside the next decode. */
    void duringNextDecode(Runnable action) {
        duringDecode = action;
    }

    int distinctCells() {
        Set<Cell> cells = Collections.newSetFromMap(new IdentityHashMap<>());
        sequences.values().forEach(cells::addAll);
        return cells.size();
    }

    /** Whether each later token of a sequence lies above its earlier ones. */
    boolean cellsAscend() {
        return sequences.values().stream()
                .allMatch(cells ->
                        IntStream.range(1, cells.size()).allMatch(i -> cells.get(i - 1).index < cells.get(i).index));
    }

    private int lowestFreeCell() {
        var used = new BitSet();
        sequences.values().forEach(cells -> cells.forEach(cell -> used.set(cell.index)));
        return used.nextClearBit(0);
    }

    int computedTokens() {
        return stepSizes.stream().mapToInt(Integer::intValue).sum();
    }

    /** The text that a request must get, whatever runs beside it. */
    static List<Integer> expectedText(int[] prompt, int tokens) {
        return expectedText(prompt, tokens, AdapterSet.NONE);
    }

    static List<Integer> expectedText(int[] prompt, int tokens, AdapterSet adapters) {
        return expectedText(prompt, tokens, adapters, FakeEngine::next);
    }

    static List<Integer> expectedText(int[] prompt, int tokens, ToIntFunction<List<Integer>> model) {
        return expectedText(prompt, tokens, AdapterSet.NONE, model);
    }

    private static List<Integer> expectedText(
            int[] prompt, int tokens, AdapterSet adapters, ToIntFunction<List<Integer>> model) {
        var all = new ArrayList<Integer>();
        for (var token : prompt) {
            all.add(token);
        }
        for (int i = 0; i < tokens; i++) {
            all.add(model.applyAsInt(
                    all.stream().map(token -> Cell.content(token, adapters)).toList()));
        }
        return all.subList(prompt.length, all.size());
    }

    /** Repeats what stood {@code period} tokens before, except that one token in so many is another one. */
    static ToIntFunction<List<Integer>> repeating(int period, int surpriseEvery) {
        return tokens -> tokens.size() < period || tokens.size() % surpriseEvery == 0
                ? next(tokens)
                : tokens.get(tokens.size() - period);
    }

    static int next(List<Integer> tokens) {
        return Math.floorMod(tokens.hashCode() * 31 + 7, VOCABULARY);
    }

    @Override
    public int kvTokens() {
        return kvTokens;
    }

    @Override
    public int sequenceSlots() {
        return slots;
    }

    @Override
    public boolean separateSequences() {
        return separateSequences;
    }

    @Override
    public int batchTokens() {
        return batchTokens;
    }

    @Override
    public void useAdapters(AdapterSet set) {
        adapters = set;
    }

    @Override
    public Outcome decode(StepBatch batch) {
        require(batch.size() <= batchTokens, "batch too large");
        var action = duringDecode;
        duringDecode = () -> {};
        action.run();
        if (distinctCells() + batch.size() > kvTokens) {
            return Outcome.NO_ROOM;
        }
        chosen.clear();
        var outputs = 0;
        for (int row = 0; row < batch.size(); row++) {
            var id = batch.sequence(row);
            require(id >= 0 && id < slots, "sequence id " + id);
            var cells = sequences.computeIfAbsent(id, key -> new ArrayList<>());
            require(batch.position(row) == cells.size(), "a gap in the positions");
            require(!separateSequences || cells.size() < kvTokens / slots, "a sequence without room");
            cells.add(new Cell(batch.token(row), lowestFreeCell(), adapters));
            highestCell = Math.max(highestCell, cells.get(cells.size() - 1).index);
            outputs += batch.output(row) ? 1 : 0;
            chosen.add(model.applyAsInt(cells.stream().map(Cell::content).toList()));
        }
        if (abortRequested) {
            return Outcome.ABORTED;
        }
        now += nanosPerStep + nanosPerRow * batch.size();
        stepSizes.add(batch.size());
        decodeRowsOfSteps.add(outputs);
        adaptersOfSteps.add(adapters);
        return Outcome.DONE;
    }

    long now() {
        return now;
    }

    @Override
    public void sample(SampleRows rows) {
        sampledRows += rows.size();
        for (int i = 0; i < rows.size(); i++) {
            rows.choose(i, chosen.get(rows.row(i)));
        }
    }

    @Override
    public void sharePrefix(int from, int to, int tokens) {
        require(sequences.getOrDefault(to, List.of()).isEmpty(), "the target holds something");
        var shared = sequences.getOrDefault(from, List.of()).subList(0, tokens);
        var taken = new ArrayList<Cell>();
        sequences.put(to, taken);
        for (var cell : shared) {
            taken.add(separateSequences ? new Cell(cell.token, lowestFreeCell(), cell.adapters) : cell);
        }
    }

    @Override
    public void keepPrefix(int sequence, int tokens) {
        var cells = sequences.getOrDefault(sequence, List.of());
        sequences.put(sequence, new ArrayList<>(cells.subList(0, Math.min(tokens, cells.size()))));
    }

    @Override
    public void moveTail(int from, int to, int tokens) {
        var cells = sequences.getOrDefault(from, List.of());
        sequences.computeIfAbsent(to, key -> new ArrayList<>()).addAll(cells.subList(tokens, cells.size()));
        keepPrefix(from, tokens);
    }

    @Override
    public long stateBytes(int sequence) {
        return 4L * sequences.getOrDefault(sequence, List.of()).size();
    }

    @Override
    public void saveState(int sequence, ByteBuffer target) {
        sequences.getOrDefault(sequence, List.of()).forEach(cell -> target.putInt(cell.token));
    }

    @Override
    public boolean loadState(int sequence, ByteBuffer source) {
        require(sequences.getOrDefault(sequence, List.of()).isEmpty(), "the target holds something");
        var state = source.duplicate();
        if (refuseStates) {
            return false;
        }
        var cells = new ArrayList<Cell>();
        sequences.put(sequence, cells);
        while (state.hasRemaining()) {
            cells.add(new Cell(state.getInt(), lowestFreeCell(), adapters));
        }
        require(distinctCells() <= kvTokens, "no room for a state");
        return true;
    }

    @Override
    public void requestAbort() {
        abortRequested = true;
    }

    @Override
    public void clearAbort() {
        abortRequested = false;
    }

    @Override
    public void recover() {
        recoveries++;
        adapters = AdapterSet.NONE;
        sequences.clear();
    }

    @Override
    public void close() {
        closed = true;
    }

    private static void require(boolean condition, String message) {
        if (!condition) {
            throw new AssertionError(message);
        }
    }
}
