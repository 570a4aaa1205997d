package dev.quantgate.worker.llamacpp.schedule;

import java.util.Arrays;

/** A growing list of token ids. Not thread-safe. */
public final class TokenList {
    private int[] values;
    private int size;

    public TokenList(int[] initial) {
        values = initial.clone();
        size = initial.length;
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

    TokenList prefix(int length) {
        return new TokenList(Arrays.copyOf(values, length));
    }

    /** Removes {@code count} tokens from {@code from} on; the rest moves up. */
    void removeRange(int from, int count) {
        System.arraycopy(values, from + count, values, from, size - from - count);
        size -= count;
    }

    /** Length of the common prefix with another list, of which only the first {@code otherSize} tokens count. */
    int commonPrefix(TokenList other, int otherSize) {
        var mismatch = Arrays.mismatch(values, 0, size, other.values, 0, otherSize);
        return mismatch < 0 ? size : mismatch;
    }
}
