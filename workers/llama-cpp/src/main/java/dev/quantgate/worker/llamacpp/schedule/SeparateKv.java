package dev.quantgate.worker.llamacpp.schedule;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The KV cache of a context in which each sequence has cells of its own. Attention looks at no others, so steps of many
 * sequences are faster than with {@link KvPool}, and what sequences share is copied. A finished sequence stays where it is
 * until its place is needed.
 */
final class SeparateKv implements KvCache {
    private final DecodeEngine engine;
    private final boolean keepsPrefixes;

    /** The lowest id is taken first: a step is computed in one go when the ids in it have no gaps. */
    private final BitSet freeIds = new BitSet();

    private final List<KvSequence> active = new ArrayList<>();
    private final FinishedSequences cached = new FinishedSequences();
    private int usedTokens;
    private long clock;

    SeparateKv(DecodeEngine engine, boolean keepsPrefixes) {
        this.engine = engine;
        this.keepsPrefixes = keepsPrefixes;
        freeIds.set(0, engine.sequenceSlots());
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
        return active.stream().mapToInt(KvSequence::computed).sum();
    }

    @Override
    public @Nullable KvSequence bestPrefix(TokenList wanted) {
        return keepsPrefixes ? KvPool.longestPrefix(wanted, cached, active) : null;
    }

    @Override
    public boolean isActive(KvSequence sequence) {
        return active.contains(sequence);
    }

    @Override
    public KvSequence open(TokenList tokens) {
        var source = bestPrefix(tokens);
        var shared = source == null ? 0 : KvPool.usable(source, tokens);
        int id;
        if (source != null && goesOn(source, shared)) {
            id = source.id();
            cached.remove(source);
            usedTokens -= source.computed();
            engine.keepPrefix(id, shared);
        } else {
            id = takeId(source);
            if (source != null) {
                source.touch(++clock);
                engine.sharePrefix(source.id(), id, shared);
            }
        }
        var opened = new KvSequence(id, tokens, KvSegment.root().hold(), 0, ++clock);
        if (shared > 0) {
            append(opened, shared);
        }
        active.add(opened);
        return opened;
    }

    /** Whether a new sequence takes the place of a finished one: its text goes on, or there is no other place. */
    private boolean goesOn(KvSequence source, int shared) {
        return cached.contains(source)
                && (shared >= source.computed() - 1 || (freeIds.isEmpty() && cached.size() == 1));
    }

    @Override
    public @Nullable KvSequence restore(TokenList tokens, int saved, int usable, ByteBuffer state) {
        var id = takeId(null);
        if (!engine.loadState(id, state)) {
            freeIds.set(id);
            return null;
        }
        if (usable < saved) {
            engine.keepPrefix(id, usable);
        }
        var restored = new KvSequence(id, tokens, KvSegment.root().hold(), 0, ++clock);
        append(restored, usable);
        active.add(restored);
        return restored;
    }

    @Override
    public void append(KvSequence sequence, int count) {
        sequence.append(count);
        usedTokens += count;
    }

    @Override
    public void cut(KvSequence sequence, int cells) {
        engine.keepPrefix(sequence.id(), sequence.computed());
    }

    @Override
    public void retire(KvSequence ended) {
        active.remove(ended);
        var sequence = ended.detached(++clock);
        if (!keepsPrefixes || sequence.computed() < KvPool.MIN_SHARED_TOKENS || isCached(sequence)) {
            free(sequence);
            return;
        }
        // What the new entry contains entirely would only take up a place.
        cached.takeCoveredBy(sequence).forEach(this::free);
        cached.add(sequence);
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

    /** Nobody else looks at freed cells. */
    @Override
    public void refill(int newTokens) {}

    /** Each sequence has room for a whole context. */
    @Override
    public boolean makeRoom(int tokens) {
        return true;
    }

    @Override
    public boolean evictAll() {
        var any = !cached.isEmpty();
        cached.forEach(this::free);
        cached.clear();
        return any;
    }

    @Override
    public void reset() {
        active.clear();
        cached.clear();
        usedTokens = 0;
        freeIds.set(0, engine.sequenceSlots());
    }

    private int takeId(@Nullable KvSequence keep) {
        if (freeIds.isEmpty()) {
            cached.takeOldest(keep).ifPresent(this::free);
        }
        var id = freeIds.nextSetBit(0);
        if (id < 0) {
            throw new IllegalStateException("no free sequence id among " + engine.sequenceSlots());
        }
        freeIds.clear(id);
        return id;
    }

    private void free(KvSequence sequence) {
        engine.keepPrefix(sequence.id(), 0);
        usedTokens -= sequence.computed();
        freeIds.set(sequence.id());
    }
}
