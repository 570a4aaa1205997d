package dev.quantgate.worker.torch.model;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Token ids of several inputs, padded at the end to one length.
 *
 * @param inputs the inputs, at least one, each with at least one token
 * @param paddingId id that fills shorter inputs
 */
public record TokenBatch(List<TokenInput> inputs, int paddingId) {

    public TokenBatch {
        inputs = List.copyOf(inputs);
        if (inputs.isEmpty()) {
            throw new IllegalArgumentException("inputs: 0 (expected: >= 1)");
        }
    }

    /** Number of inputs. */
    public int size() {
        return inputs.size();
    }

    /** Length of the longest input in tokens. */
    public int tokens() {
        return inputs.stream().mapToInt(TokenInput::length).max().orElse(0);
    }

    /** Whether an input is shorter than the longest. */
    boolean isPadded() {
        int tokens = tokens();
        return inputs.stream().anyMatch(input -> input.length() != tokens);
    }

    /** Ids of all inputs, row by row. */
    long[] ids() {
        int tokens = tokens();
        long[] ids = new long[size() * tokens];
        java.util.Arrays.fill(ids, paddingId);
        for (int row = 0; row < size(); row++) {
            System.arraycopy(
                    inputs.get(row).ids(), 0, ids, row * tokens, inputs.get(row).length());
        }
        return ids;
    }

    /** Token types of all inputs, or null when every one is 0. */
    long @Nullable [] types() {
        int tokens = tokens();
        long[] types = new long[size() * tokens];
        boolean any = false;
        for (int row = 0; row < size(); row++) {
            long[] own = inputs.get(row).types();
            for (int i = 0; i < own.length; i++) {
                types[row * tokens + i] = own[i];
                any |= own[i] != 0;
            }
        }
        return any ? types : null;
    }

    /** 0 for a token and minus infinity for padding: {@code [batch, tokens]}, row by row. */
    float[] additiveMask() {
        int tokens = tokens();
        float[] mask = new float[size() * tokens];
        for (int row = 0; row < size(); row++) {
            for (int i = inputs.get(row).length(); i < tokens; i++) {
                mask[row * tokens + i] = Float.NEGATIVE_INFINITY;
            }
        }
        return mask;
    }

    /** 1 for a token and 0 for padding: {@code [batch, tokens]}, row by row. */
    float[] countingMask() {
        float[] mask = additiveMask();
        for (int i = 0; i < mask.length; i++) {
            mask[i] = mask[i] == 0 ? 1 : 0;
        }
        return mask;
    }
}
