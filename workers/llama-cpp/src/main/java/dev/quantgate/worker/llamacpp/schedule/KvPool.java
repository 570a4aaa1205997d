package dev.quantgate.worker.llamacpp.schedule;

import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The KV cache of one context: which sequence holds which tokens, what finished sequences left behind for others to
 * start from, and how many cells that takes. Cells of a common prefix exist and count once.
 */
final class KvPool implements KvCache {
    /** Sharing fewer tokens than this is not worth a native call. */
    static final int MIN_SHARED_TOKENS = 8;

    /** Cells marked as free while others run are at most one part in so many of the cache. */
    private static final int MARKED_SHARE = 4;

    private final DecodeEngine engine;
    private final PrefixBudget budget;
    private final Deque<Integer> freeIds = new ArrayDeque<>();
    private final List<KvSequence> active = new ArrayList<>();
    private final FinishedSequences cached = new FinishedSequences();
    private final List<KvSequence> marked = new ArrayList<>();
    private final ForgottenPrefixes forgotten = new ForgottenPrefixes();
    private KvSegment root = KvSegment.root();

    /** Sequence that holds cells of guesses until they may be given out again; -1 while there are none. */
    private int parking = -1;

    private int parkedTokens;
    private int usedTokens;
    private long clock;
    private long mark;

    /**
     * Keeps at most so many tokens of finished sequences, and the newest one even if it is longer, as long as that pays; 0
     * keeps and shares nothing. With more the engine needs at least one sequence id more than sequences run at once.
     */
    KvPool(DecodeEngine engine, int cachedLimitTokens) {
        this.engine = engine;
        budget = new PrefixBudget(cachedLimitTokens);
        freeAllIds();
    }

    @Override
    public int capacityTokens() {
        return engine.kvTokens();
    }

    @Override
    public int usedTokens() {
        return usedTokens;
    }

    @Override
    public int freeTokens() {
        return capacityTokens() - usedTokens;
    }

    @Override
    public int activeTokens() {
        mark++;
        var cells = 0;
        for (var sequence : active) {
            cells += sequence.leaf().markCells(mark);
        }
        return cells;
    }

    @Override
    public @Nullable KvSequence bestPrefix(TokenList wanted) {
        return budget.enabled() ? longestPrefix(wanted, active, cached) : null;
    }

    /** The sequence of which a new one can take over most; among equals the first. */
    static @Nullable KvSequence longestPrefix(
            TokenList wanted, Iterable<KvSequence> first, Iterable<KvSequence> second) {
        KvSequence best = null;
        var length = MIN_SHARED_TOKENS - 1;
        for (var list : List.of(first, second)) {
            for (var candidate : list) {
                var matched = usable(candidate, wanted);
                if (matched > length) {
                    best = candidate;
                    length = matched;
                }
            }
        }
        return best;
    }

    /** Tokens that a new sequence can take over: never the last one, whose logits are needed. */
    static int usable(KvSequence source, TokenList wanted) {
        return Math.min(source.matches(wanted), wanted.size() - 1);
    }

    @Override
    public KvSequence open(TokenList tokens) {
        var source = bestPrefix(tokens);
        if (source != null) {
            source.touch(++clock);
        }
        var id = freeId(source);
        KvSequence opened;
        if (source == null) {
            opened = new KvSequence(id, tokens, root.hold(), 0, ++clock);
        } else {
            var shared = usable(source, tokens);
            engine.sharePrefix(source.id(), id, shared);
            var leaf = source.leaf().endingAt(shared, source.computed()).hold();
            opened = new KvSequence(id, tokens, leaf, shared, ++clock);
        }
        budget.started(Math.max(opened.computed(), forgotten.matches(tokens)), tokens.size());
        active.add(opened);
        return opened;
    }

    @Override
    public @Nullable KvSequence restore(TokenList tokens, int saved, int usable, ByteBuffer state) {
        if (saved > capacityTokens() - activeTokens() || !makeRoom(saved)) {
            return null;
        }
        var id = freeId(null);
        if (!engine.loadState(id, state)) {
            freeIds.push(id);
            return null;
        }
        if (usable < saved) {
            engine.keepPrefix(id, usable);
        }
        var restored = new KvSequence(id, tokens, root.hold(), 0, ++clock);
        append(restored, usable);
        budget.started(usable, tokens.size());
        active.add(restored);
        return restored;
    }

    @Override
    public void append(KvSequence sequence, int count) {
        sequence.append(count);
        usedTokens += count;
    }

    /** Beside others the cells are only marked, for the reason that {@link #free} gives. */
    @Override
    public void cut(KvSequence sequence, int cells) {
        if (active.size() > 1 && budget.enabled() && (parking >= 0 || !freeIds.isEmpty())) {
            if (parking < 0) {
                parking = freeIds.pop();
            }
            engine.moveTail(sequence.id(), parking, sequence.computed());
            parkedTokens += cells;
            usedTokens += cells;
            freeMarkedIfMany();
        } else {
            engine.keepPrefix(sequence.id(), sequence.computed());
        }
    }

    @Override
    public void retire(KvSequence ended) {
        active.remove(ended);
        if (active.isEmpty()) {
            freeMarked();
        }
        var sequence = ended.detached(++clock);
        if (!budget.enabled() || sequence.computed() < MIN_SHARED_TOKENS || isCached(sequence)) {
            free(sequence);
            return;
        }
        if (budget.tokens() == 0) {
            forgotten.add(sequence.tokens());
            free(sequence);
            while (evictOldest(null)) {
                // None of them was of use to anybody for a while.
            }
            return;
        }
        // What the new entry contains entirely would only take up an id.
        cached.takeCoveredBy(sequence).forEach(this::free);
        cached.add(sequence);
        while (cachedTokens() > budget.tokens() && evictOldest(sequence)) {
            // Attention looks at every cell below the highest in use, so a full cache would slow everything down.
        }
    }

    /** Cells that cached prefixes hold and running sequences do not. */
    private int cachedTokens() {
        activeTokens();
        return markCached();
    }

    private int markCached() {
        var cells = 0;
        for (var sequence : cached) {
            cells += sequence.leaf().markCells(mark);
        }
        return cells;
    }

    /**
     * Frees cells that are only marked for the next batch, at most as many as the new sequences at its beginning will
     * fill: then no running sequence gets a cell below those it has.
     */
    @Override
    public void refill(int newTokens) {
        var left = newTokens;
        while (left > 0 && !marked.isEmpty()) {
            var sequence = marked.get(marked.size() - 1);
            var count = sequence.cut(left);
            if (count == 0) {
                // What remains belongs to others too.
                marked.remove(marked.size() - 1);
                freeNow(sequence);
            } else {
                engine.keepPrefix(sequence.id(), sequence.computed());
                usedTokens -= count;
                left -= count;
            }
        }
    }

    private boolean isCached(KvSequence sequence) {
        var covering = cached.covering(sequence);
        covering.ifPresent(other -> other.touch(++clock));
        return covering.isPresent();
    }

    @Override
    public void drop(KvSequence sequence) {
        active.remove(sequence);
        free(sequence);
    }

    @Override
    public boolean makeRoom(int tokens) {
        if (freeTokens() < tokens) {
            freeMarked();
        }
        while (freeTokens() < tokens) {
            if (!evictOldest(null)) {
                return false;
            }
            freeMarked();
        }
        return true;
    }

    @Override
    public boolean evictAll() {
        var any = false;
        while (evictOldest(null)) {
            any = true;
        }
        any |= !marked.isEmpty() || parkedTokens > 0;
        freeMarked();
        return any;
    }

    @Override
    public boolean isActive(KvSequence sequence) {
        return active.contains(sequence);
    }

    @Override
    public void reset() {
        active.clear();
        cached.clear();
        marked.clear();
        parking = -1;
        parkedTokens = 0;
        root = KvSegment.root();
        usedTokens = 0;
        freeAllIds();
    }

    private int freeId(@Nullable KvSequence keep) {
        if (freeIds.isEmpty()) {
            freeMarked();
        }
        if (freeIds.isEmpty() && evictOldest(keep)) {
            freeMarked();
        }
        if (freeIds.isEmpty()) {
            throw new IllegalStateException("no free sequence id among " + engine.sequenceSlots());
        }
        return freeIds.pop();
    }

    private boolean evictOldest(@Nullable KvSequence keep) {
        var oldest = cached.takeOldest(keep);
        oldest.ifPresent(this::free);
        return oldest.isPresent();
    }

    /**
     * The cells are only marked while others run: llama.cpp gives out the lowest free cell, and a running sequence whose
     * later tokens lie below its earlier ones adds up its attention in another order, which may change its text.
     */
    private void free(KvSequence sequence) {
        if (active.isEmpty()) {
            freeNow(sequence);
            freeMarked();
        } else {
            marked.add(sequence);
            freeMarkedIfMany();
        }
    }

    /** Attention walks over marked cells, so they may wait only as long as that costs less than a tenth of a step. */
    private void freeMarkedIfMany() {
        if (usedTokens - activeTokens() - markCached() > capacityTokens() / MARKED_SHARE) {
            freeMarked();
        }
    }

    private void freeMarked() {
        marked.forEach(this::freeNow);
        marked.clear();
        if (parking >= 0) {
            engine.keepPrefix(parking, 0);
            freeIds.push(parking);
            usedTokens -= parkedTokens;
            parking = -1;
            parkedTokens = 0;
        }
    }

    private void freeNow(KvSequence sequence) {
        engine.keepPrefix(sequence.id(), 0);
        usedTokens -= sequence.leaf().release();
        freeIds.push(sequence.id());
    }

    private void freeAllIds() {
        freeIds.clear();
        for (int id = 0; id < engine.sequenceSlots(); id++) {
            freeIds.add(id);
        }
    }
}
