package dev.quantgate.natives.llama;

import static dev.quantgate.natives.llama.Checks.require;

import java.util.Objects;

/**
 * What a context is made for.
 *
 * @param contextTokens room in the KV cache, shared by all sequences; 0: as many as the model was trained with
 * @param batchTokens most tokens in one decode call
 * @param microBatchTokens most tokens computed at once; a longer batch is cut into such pieces
 * @param maxSequences sequence ids run from 0 to one less; 1 to 256
 * @param maxOutputsPerSequence most rows of logits that one sequence may ask for in a batch when it is sampled in the
 *     graph; 0: no limit below {@code batchTokens}
 * @param threads native threads for a decode of single tokens
 * @param batchThreads native threads for longer batches
 * @param threadPoolPoll 0 to 100: keep one pool of threads that spin this eagerly between graphs; -1: make threads
 *     anew for each graph. Without effect on a single thread
 * @param unifiedKv one KV cache for all sequences, so that they can share prefixes and room
 * @param keyType type of the cached keys
 * @param valueType type of the cached values; a quantised one needs flash attention
 * @param flashAttention whether to use it
 * @param embeddings return embeddings
 * @param pooling what becomes of the embeddings of a sequence
 */
public record ContextOptions(
        int contextTokens,
        int batchTokens,
        int microBatchTokens,
        int maxSequences,
        int maxOutputsPerSequence,
        int threads,
        int batchThreads,
        int threadPoolPoll,
        boolean unifiedKv,
        TensorType keyType,
        TensorType valueType,
        FlashAttention flashAttention,
        boolean embeddings,
        Pooling pooling) {
    /** More than any model was trained for; a larger number is a mistake that would only show as a lack of memory. */
    static final int MAX_CONTEXT_TOKENS = 1 << 24;

    private static final int MAX_SEQUENCES = 256;
    private static final int MAX_THREADS = 512;

    /** Checks the numbers. */
    public ContextOptions {
        Objects.requireNonNull(keyType, "keyType");
        Objects.requireNonNull(valueType, "valueType");
        Objects.requireNonNull(flashAttention, "flashAttention");
        Objects.requireNonNull(pooling, "pooling");
        require(contextTokens, 0, MAX_CONTEXT_TOKENS, "contextTokens");
        require(batchTokens, 1, MAX_CONTEXT_TOKENS, "batchTokens");
        require(microBatchTokens, 1, batchTokens, "microBatchTokens");
        require(maxSequences, 1, MAX_SEQUENCES, "maxSequences");
        require(maxOutputsPerSequence, 0, batchTokens, "maxOutputsPerSequence");
        require(threads, 1, MAX_THREADS, "threads");
        require(batchThreads, 1, MAX_THREADS, "batchThreads");
        require(threadPoolPoll, -1, 100, "threadPoolPoll");
    }

    /** Returns a builder that starts from the defaults of {@link Builder}. */
    public static Builder builder() {
        return new Builder();
    }

    /** Collects options; each setter is described at the record's component of the same name. */
    public static final class Builder {
        private int contextTokens;
        private int batchTokens = 2048;
        private int microBatchTokens = 512;
        private int maxSequences = 1;
        private int maxOutputsPerSequence;
        private int threads = 1;
        private int batchThreads = 1;
        private int threadPoolPoll = -1;
        private boolean unifiedKv = true;
        private TensorType keyType = TensorType.F16;
        private TensorType valueType = TensorType.F16;
        private FlashAttention flashAttention = FlashAttention.AUTO;
        private boolean embeddings;
        private Pooling pooling = Pooling.FROM_MODEL;

        private Builder() {}

        /** Default: 0, the trained length. */
        public Builder contextTokens(int value) {
            contextTokens = value;
            return this;
        }

        /** Default: 2048. Lowers the micro-batch to at most the same. */
        public Builder batchTokens(int value) {
            batchTokens = value;
            microBatchTokens = Math.min(microBatchTokens, Math.max(1, value));
            return this;
        }

        /** Default: 512. */
        public Builder microBatchTokens(int value) {
            microBatchTokens = value;
            return this;
        }

        /** Default: 1. */
        public Builder maxSequences(int value) {
            maxSequences = value;
            return this;
        }

        /** Default: 0, no limit. */
        public Builder maxOutputsPerSequence(int value) {
            maxOutputsPerSequence = value;
            return this;
        }

        /** Sets both numbers of threads. Default: 1. */
        public Builder threads(int value) {
            threads = value;
            batchThreads = value;
            return this;
        }

        /** Default: 1. */
        public Builder batchThreads(int value) {
            batchThreads = value;
            return this;
        }

        /** Default: -1, no pool. */
        public Builder threadPoolPoll(int value) {
            threadPoolPoll = value;
            return this;
        }

        /** Default: true. */
        public Builder unifiedKv(boolean value) {
            unifiedKv = value;
            return this;
        }

        /** Sets the types of keys and values. Default: F16. */
        public Builder kvTypes(TensorType keys, TensorType values) {
            keyType = keys;
            valueType = values;
            return this;
        }

        /** Default: AUTO. */
        public Builder flashAttention(FlashAttention value) {
            flashAttention = value;
            return this;
        }

        /** Turns embeddings on. Default: off. */
        public Builder embeddings(Pooling value) {
            embeddings = true;
            pooling = value;
            return this;
        }

        /** Returns the checked options. */
        public ContextOptions build() {
            return new ContextOptions(
                    contextTokens,
                    batchTokens,
                    microBatchTokens,
                    maxSequences,
                    maxOutputsPerSequence,
                    threads,
                    batchThreads,
                    threadPoolPoll,
                    unifiedKv,
                    keyType,
                    valueType,
                    flashAttention,
                    embeddings,
                    pooling);
        }
    }
}
