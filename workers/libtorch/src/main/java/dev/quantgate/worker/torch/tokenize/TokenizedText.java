package dev.quantgate.worker.torch.tokenize;

import dev.quantgate.worker.torch.model.TokenInput;
import java.util.Set;

/**
 * The tokens of a text or a pair of texts, special tokens included, not cut. Arrays are shared, not copied.
 *
 * <p>All arrays have one element a token. Positions count Unicode code points of the text the token came from.
 */
@SuppressWarnings("ArrayRecordComponent") // Compared by nobody; copying a million offsets for each window would cost.
public record TokenizedText(
        long[] ids, long[] types, int[] starts, int[] ends, long[] words, boolean[] special, String[] tokens) {

    /** Number of tokens. */
    public int length() {
        return ids.length;
    }

    /** Whether a part of the text itself became one of these tokens. */
    boolean containsText(Set<Long> wanted) {
        for (int i = 0; i < ids.length; i++) {
            if (!special[i] && ends[i] > starts[i] && wanted.contains(ids[i])) {
                return true;
            }
        }
        return false;
    }

    /** What the encoder takes. */
    public TokenInput toInput() {
        return new TokenInput(ids, types);
    }

    /** The tokens at the given indices, in that order. */
    TokenizedText select(int... indices) {
        int count = indices.length;
        TokenizedText part = new TokenizedText(
                new long[count],
                new long[count],
                new int[count],
                new int[count],
                new long[count],
                new boolean[count],
                new String[count]);
        for (int i = 0; i < count; i++) {
            int from = indices[i];
            part.ids[i] = ids[from];
            part.types[i] = types[from];
            part.starts[i] = starts[from];
            part.ends[i] = ends[from];
            part.words[i] = words[from];
            part.special[i] = special[from];
            part.tokens[i] = tokens[from];
        }
        return part;
    }
}
