package dev.quantgate.worker.llamacpp.schedule;

/**
 * A run of KV cells that belong to the same sequences. A sequence's cells are the segments from its leaf up to the root,
 * so sequences that share a prefix share the segments of that prefix.
 */
final class KvSegment {
    private KvSegment parent;
    private int length;

    /** Child segments and sequences that end here. */
    private int holders;

    private long mark;

    private KvSegment(KvSegment parent, int length, int holders) {
        this.parent = parent;
        this.length = length;
        this.holders = holders;
    }

    /** The empty segment that everything starts from; it holds itself, so it is never freed. */
    @SuppressWarnings("NullAway") // The root is its own parent as soon as it exists.
    static KvSegment root() {
        var root = new KvSegment(null, 0, 1);
        root.parent = root;
        return root;
    }

    /** One more sequence ends here. */
    KvSegment hold() {
        holders++;
        return this;
    }

    /** Adds cells for the sequence that ends here and returns where it ends now. */
    KvSegment append(int tokens) {
        if (holders == 1 && length > 0) {
            length += tokens;
            return this;
        }
        // The sequence's hold passes to the new child, which holds this segment in its place.
        return new KvSegment(this, tokens, 1);
    }

    /** The segment that ends at {@code tokens} of the {@code total} that end here; splits one if it has to. */
    KvSegment endingAt(int tokens, int total) {
        var segment = this;
        var end = total;
        while (end - segment.length >= tokens && segment.length > 0) {
            end -= segment.length;
            segment = segment.parent;
        }
        if (end == tokens) {
            return segment;
        }
        var start = end - segment.length;
        var head = new KvSegment(segment.parent, tokens - start, 1);
        segment.parent = head;
        segment.length = end - tokens;
        return head;
    }

    /** Ends a sequence's hold and returns the number of cells that nobody holds any more. */
    int release() {
        var freed = 0;
        var segment = this;
        while (--segment.holders == 0) {
            freed += segment.length;
            segment = segment.parent;
        }
        return freed;
    }

    /** Cells at the end that nothing but the sequence that ends here holds. */
    int ownCells() {
        return holders == 1 ? length : 0;
    }

    /** Gives up cells of a sequence's own and returns where it ends now. */
    KvSegment cut(int tokens) {
        length -= tokens;
        if (length > 0) {
            return this;
        }
        // This segment's hold on its parent passes to the sequence.
        return parent;
    }

    /** Cells from here to the root that do not carry the mark yet; marks them. */
    int markCells(long newMark) {
        var cells = 0;
        for (var segment = this; segment.mark != newMark && segment.length > 0; segment = segment.parent) {
            segment.mark = newMark;
            cells += segment.length;
        }
        return cells;
    }
}
