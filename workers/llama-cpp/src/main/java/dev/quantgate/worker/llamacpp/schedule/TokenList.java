package dev.quantgate.worker.llamacpp.schedule;

import java.util.Arrays;

/** A growing list of token ids, and the adapters that they are computed with. Not thread-safe. */
public final class TokenList {
    private final AdapterSet adapters;
    private int[] values;
    private int size;

    public TokenList(int[] initial) {
        this(initial, AdapterSet.NONE);
    }

    public TokenList(int[] initial, AdapterSet adapters) {
        this.adapters = adapters;
        values = initial.clone();
        size = initial.length;
    }

    AdapterSet adapters() {
        return adapters;
    }

    public int size() {
        return size;
    }

    public int get(int index) {
        return values[index];
    }

    void add(int token) {
        if (size == values.length) {
            values = Arrays.copyOf(values, Math.max(16, size + (size >> 1)));
        }
        values[size++] = token;
    }

    /** Keeps only the first tokens. */
    void cut(int length) {
        size = length;
    }

    TokenList prefix(int length) {
        return new TokenList(Arrays.copyOf(values, length), adapters);
    }

    int[] toArray(int length) {
        return Arrays.copyOf(values, length);
    }

    /** Removes {@code count} tokens from {@code from} on; the rest moves up. */
    void removeRange(int from, int count) {
        System.arraycopy(values, from + count, values, from, size - from - count);
        size -= count;
    }

    /**
     * Length of the prefix that has the same keys and values as another list's, of which only the first {@code otherSize}
     * tokens count: 0 if the adapters differ.
     */
    int commonPrefix(TokenList other, int otherSize) {
        if (!adapters.equals(other.adapters)) {
            return 0;
        }
        var mismatch = Arrays.mismatch(values, 0, size, other.values, 0, otherSize);
        return mismatch < 0 ? size : mismatch;
    }

    /** Length of the common run of tokens that ends before {@code end} and before {@code otherEnd}, at most {@code limit}. */
    int commonSuffix(int end, int otherEnd, int limit) {
        var length = 0;
        while (length < limit && length < end && values[end - 1 - length] == values[otherEnd - 1 - length]) {
            length++;
        }
        return length;
    }
}
