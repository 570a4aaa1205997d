package dev.quantgate.worker.torch.model;

/** The tokens of one input, special tokens included, without padding. Immutable by convention: arrays are not copied. */
public final class TokenInput {

    private final long[] ids;
    private final long[] types;

    /**
     * Makes an input.
     *
     * @param ids token ids, at least one
     * @param types token types, one for each id
     */
    public TokenInput(long[] ids, long[] types) {
        if (ids.length == 0 || types.length != ids.length) {
            throw new IllegalArgumentException(
                    "ids: " + ids.length + " with " + types.length + " types (expected: >= 1, as many types)");
        }
        this.ids = ids;
        this.types = types;
    }

    /** Token ids. */
    public long[] ids() {
        return ids;
    }

    /** Token types, 0 for the first text and 1 for the second of a pair where the family tells them apart. */
    public long[] types() {
        return types;
    }

    /** Number of tokens. */
    public int length() {
        return ids.length;
    }
}
