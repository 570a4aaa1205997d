package dev.quantgate.worker.llamacpp.gguf;

import java.util.List;

/**
 * An upper bound of the memory that a model takes, in bytes. Sums that overflow are {@link Long#MAX_VALUE}.
 *
 * @param weightsBytes all tensors of the file
 * @param kvCacheBytes keys and values of every cell of every layer
 * @param computeBytes intermediate results of one batch
 */
public record MemoryEstimate(long weightsBytes, long kvCacheBytes, long computeBytes) {
    // llama_context pads each sequence's context to this many cells.
    private static final int CONTEXT_PADDING_TOKENS = 256;

    /** The sum of the parts. */
    public long totalBytes() {
        return Saturating.add(weightsBytes, Saturating.add(kvCacheBytes, computeBytes));
    }

    /**
     * Refuses more than a configured limit.
     *
     * @throws GgufFormatException with the parts of the estimate
     */
    public void requireAtMost(long limitBytes) throws GgufFormatException {
        if (totalBytes() > limitBytes) {
            throw new GgufFormatException(
                    "memory",
                    totalBytes() + " bytes = " + weightsBytes + " weights + " + kvCacheBytes + " KV cache + "
                            + computeBytes + " compute",
                    "at most " + limitBytes + " bytes");
        }
    }

    /**
     * KV cache: cells x sum over layers of (row of keys + row of values), where a row holds head_count_kv x head
     * length elements ({@code llama_kv_cache}). Sliding windows are ignored, so every layer counts in full.
     *
     * <p>Compute: 4 bytes x batch x (vocabulary + 8 embedding + 3 feed-forward + heads x context + context): the
     * logits, the residual stream with query, key and value, the three products of the feed-forward network, the
     * attention scores as they are without flash attention, and the mask.
     */
    static MemoryEstimate of(
            long weightsBytes,
            HyperParameters parameters,
            long vocabularyTokens,
            long contextTokens,
            int sequences,
            GgmlType keyType,
            GgmlType valueType,
            int batchTokens) {
        requirePositive("contextTokens", contextTokens);
        requirePositive("sequences", sequences);
        requirePositive("batchTokens", batchTokens);
        long context = Saturating.roundUp(contextTokens, CONTEXT_PADDING_TOKENS);
        long kv =
                Saturating.multiply(Saturating.multiply(context, sequences), cellBytes(parameters, keyType, valueType));
        long perToken = 8L * parameters.embeddingLength() + 3L * max(parameters.feedForwardLengths());
        perToken = Saturating.add(perToken, vocabularyTokens);
        perToken = Saturating.add(perToken, Saturating.multiply(context, 1L + max(parameters.headCounts())));
        long compute = Saturating.multiply(Saturating.multiply(perToken, batchTokens), Float.BYTES);
        return new MemoryEstimate(weightsBytes, kv, compute);
    }

    private static long cellBytes(HyperParameters parameters, GgmlType keyType, GgmlType valueType) {
        long bytes = 0;
        for (int headsKv : parameters.headCountsKv()) {
            // A family that does not name its heads keeps at most its hidden state.
            boolean unknown = parameters.keyLength() == 0;
            long keys = unknown ? parameters.embeddingLength() : (long) headsKv * parameters.keyLength();
            long values = unknown ? parameters.embeddingLength() : (long) headsKv * parameters.valueLength();
            bytes = Saturating.add(bytes, keyType.rowBytes(keys) + valueType.rowBytes(values));
        }
        return bytes;
    }

    private static int max(List<Integer> values) {
        return values.stream().mapToInt(Integer::intValue).max().orElse(0);
    }

    private static void requirePositive(String name, long value) {
        if (value < 1) {
            throw new IllegalArgumentException(name + ": " + value + " (expected: >= 1)");
        }
    }
}
