package dev.quantgate.worker.llamacpp.schedule;

/** A sequence id of the native context with the tokens whose KV it holds. */
final class KvSequence {
    private final int id;
    private final TokenList tokens;
    private int computed;
    private KvSegment leaf;
    private long lastUsed;

    KvSequence(int id, TokenList tokens, KvSegment leaf, int computed, long lastUsed) {
        this.id = id;
        this.tokens = tokens;
        this.leaf = leaf;
        this.computed = computed;
        this.lastUsed = lastUsed;
    }

    int id() {
        return id;
    }

    TokenList tokens() {
        return tokens;
    }

    /** Number of leading tokens whose KV is in the cache. */
    int computed() {
        return computed;
    }

    KvSegment leaf() {
        return leaf;
    }

    long lastUsed() {
        return lastUsed;
    }

    void touch(long now) {
        lastUsed = now;
    }

    /** The same cells with a token list of their own, which the request that made them can no longer change. */
    KvSequence detached(long now) {
        return new KvSequence(id, tokens.prefix(computed), leaf, computed, now);
    }

    void append(int count) {
        leaf = leaf.append(count);
        computed += count;
    }

    /** Length of the prefix that a request's tokens share with what is computed here. */
    int matches(TokenList wanted) {
        return wanted.commonPrefix(tokens, computed);
    }

    /** Gives up the last tokens, at most {@code limit}, whose cells are this sequence's own; returns how many. */
    int cut(int limit) {
        var count = Math.min(limit, leaf.ownCells());
        if (count > 0) {
            leaf = leaf.cut(count);
            computed -= count;
        }
        return count;
    }
}
