package dev.quantgate.worker.llamacpp.schedule;

import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/** Which sequence of a context holds which tokens, and what finished ones left behind for others to start from. */
sealed interface KvCache permits KvPool, SeparateKv {
    /** The book-keeping that fits the engine's layout; 0 cached tokens keep and share nothing. */
    static KvCache of(DecodeEngine engine, int cachedTokens) {
        return engine.separateSequences() ? new SeparateKv(engine, cachedTokens > 0) : new KvPool(engine, cachedTokens);
    }

    int capacityTokens();

    int usedTokens();

    int freeTokens();

    /** Cells that running sequences hold; the rest can be had by eviction. */
    int activeTokens();

    /** The sequence that shares the longest computed prefix with the tokens, if any shares one worth having. */
    @Nullable
    KvSequence bestPrefix(TokenList wanted);

    boolean isActive(KvSequence sequence);

    /** Opens a sequence that starts with the longest prefix that is there. */
    KvSequence open(TokenList tokens);

    /**
     * Opens a sequence from a saved state, of which the first {@code usable} tokens count; null if there is no place for
     * it.
     */
    @Nullable
    KvSequence restore(TokenList tokens, int saved, int usable, ByteBuffer state);

    /** Records that the next {@code count} tokens of a sequence are computed. */
    void append(KvSequence sequence, int count);

    /**
     * Gives up what a running sequence holds behind its computed tokens: so many cells of guesses that did not come true.
     */
    void cut(KvSequence sequence, int cells);

    /** Ends a sequence and keeps its KV as a prefix for others. */
    void retire(KvSequence ended);

    /** Ends a sequence and frees the cells that it alone holds. */
    void drop(KvSequence sequence);

    /** Before a step: its first rows, so many, belong to sequences without cells. */
    void refill(int newTokens);

    /** Evicts prefixes, least recently used first, until there is room; false if running sequences hold too much. */
    boolean makeRoom(int tokens);

    /** Evicts every prefix; false if there was none. */
    boolean evictAll();

    /** Forgets everything, as the native context did. */
    void reset();
}
