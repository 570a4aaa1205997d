package dev.quantgate.worker.llamacpp;

import dev.quantgate.natives.llama.ContextOptions;
import dev.quantgate.natives.llama.TensorType;
import dev.quantgate.worker.api.FailureKind;
import dev.quantgate.worker.api.WorkerException;
import dev.quantgate.worker.api.WorkerFailure;
import dev.quantgate.worker.api.backend.BackendSettings;
import dev.quantgate.worker.llamacpp.gguf.GgmlType;
import dev.quantgate.worker.llamacpp.gguf.GgufInfo;
import dev.quantgate.worker.llamacpp.gguf.MemoryEstimate;

/**
 * How large a model's context is made.
 *
 * @param contextTokens most tokens of one sequence
 * @param kvTokens tokens in the cache of all sequences
 * @param separate whether each sequence has a part of the cache for itself
 * @param sequenceSlots sequences that run at once and cached prefixes together
 * @param memory estimate of everything
 */
record ContextPlan(int contextTokens, int kvTokens, boolean separate, int sequenceSlots, MemoryEstimate memory) {
    /** A longer context must be asked for: its cache is allocated, and zeroed, when the model is loaded. */
    private static final int DEFAULT_CONTEXT_TOKENS = 4096;

    private static final int SMALLEST_DEFAULT_TOKENS = 512;
    private static final int DEFAULT_KV_TOKENS = 8192;
    private static final int MAX_CACHED_PREFIXES = 32;
    private static final int MAX_SLOTS = 256;

    /** Cached prefixes take at most one part in so many of the KV cache: 3,000 of them cost a step a tenth of its time. */
    private static final int PREFIX_SHARE = 4;

    /** So many sequences get whole contexts; with fewer a pool is no slower whatever the kernels, and takes less memory. */
    private static final int MANY_SEQUENCES = 16;

    /** Whole contexts for all sequences may take one part in so many of the free memory without being asked for. */
    private static final int WHOLE_CONTEXTS_SHARE = 16;

    /** Native threads spin for a moment between graphs, so that the next step finds them awake, and then sleep. */
    private static final int THREAD_POOL_POLL = 50;

    /** Two contexts work in turn, and the threads of one must not spin while the other's compute. */
    static final int THREAD_POOL_POLL_OF_TWO = 0;

    /**
     * Chooses sizes within the limits.
     *
     * @param requestedTokens context of one sequence that was asked for, 0 for none
     * @param freeBytes memory that the model may take
     * @throws WorkerException OUT_OF_MEMORY naming both figures, INVALID_REQUEST
     */
    static ContextPlan choose(
            GgufInfo info, BackendSettings settings, EngineOptions options, int requestedTokens, long freeBytes) {
        var trained = info.hyperParameters().contextTokens();
        if (requestedTokens > 0) {
            if (trained > 0 && requestedTokens > trained) {
                throw WorkerFailure.invalid(
                                "context_tokens",
                                requestedTokens + " (expected: at most the " + trained
                                        + " that the model was trained with)")
                        .asException();
            }
            return plan(info, settings, options, requestedTokens, freeBytes).within(freeBytes);
        }
        var tokens = trained > 0 ? Math.min(trained, DEFAULT_CONTEXT_TOKENS) : DEFAULT_CONTEXT_TOKENS;
        var plan = plan(info, settings, options, tokens, freeBytes);
        while (plan.memory.totalBytes() > freeBytes && tokens > SMALLEST_DEFAULT_TOKENS) {
            tokens = Math.max(SMALLEST_DEFAULT_TOKENS, tokens / 2);
            plan = plan(info, settings, options, tokens, freeBytes);
        }
        return plan.within(freeBytes);
    }

    private static ContextPlan plan(
            GgufInfo info, BackendSettings settings, EngineOptions options, int tokens, long freeBytes) {
        var separate = separate(info, settings, options, tokens);
        return switch (options.kvLayout()) {
            case SEPARATE -> separate;
            case SHARED -> shared(info, settings, options, tokens, DEFAULT_KV_TOKENS);
            case AUTO -> automatic(info, settings, options, tokens, separate, freeBytes);
        };
    }

    /** Many sequences get whole contexts where these are affordable; a pool is as fast where rows cost their own cells alone. */
    private static ContextPlan automatic(
            GgufInfo info,
            BackendSettings settings,
            EngineOptions options,
            int tokens,
            ContextPlan separate,
            long freeBytes) {
        if (!separate.isAffordable(options, freeBytes)) {
            return shared(info, settings, options, tokens, DEFAULT_KV_TOKENS);
        }
        return options.ownAttention() ? shared(info, settings, options, tokens, separate.kvTokens) : separate;
    }

    private static ContextPlan separate(GgufInfo info, BackendSettings settings, EngineOptions options, int tokens) {
        var all = (int) Math.min((long) tokens * settings.sequences(), Integer.MAX_VALUE);
        var slots = settings.sequences();
        return new ContextPlan(tokens, all, true, slots, memory(info, options, tokens, slots));
    }

    private static ContextPlan shared(
            GgufInfo info, BackendSettings settings, EngineOptions options, int tokens, int defaultTokens) {
        var all = Math.min((long) tokens * settings.sequences(), Math.max(tokens, defaultTokens));
        var kvTokens = options.kvTokens() > 0 ? Math.max(options.kvTokens(), tokens) : (int) all;
        var slots = Math.min(MAX_SLOTS, settings.sequences() + (options.prefixCache() ? MAX_CACHED_PREFIXES : 0));
        return new ContextPlan(tokens, kvTokens, false, slots, memory(info, options, kvTokens, 1));
    }

    private static MemoryEstimate memory(GgufInfo info, EngineOptions options, int tokens, int parts) {
        return info.memoryEstimate(
                tokens, parts, ggml(options.keyType()), ggml(options.valueType()), options.microBatchTokens());
    }

    /** Whether there are many sequences, and whole contexts for all of them take little of the memory. */
    private boolean isAffordable(EngineOptions options, long freeBytes) {
        return sequenceSlots >= MANY_SEQUENCES
                && (options.kvTokens() > 0
                        ? options.kvTokens() >= kvTokens
                        : memory.kvCacheBytes() <= freeBytes / WHOLE_CONTEXTS_SHARE);
    }

    private ContextPlan within(long freeBytes) {
        if (memory.totalBytes() > freeBytes) {
            throw WorkerFailure.of(
                            FailureKind.OUT_OF_MEMORY,
                            "the model needs " + memory.totalBytes() + " bytes with " + kvTokens
                                    + " tokens of context; the limit leaves " + freeBytes)
                    .asException();
        }
        return this;
    }

    /** Tokens that finished requests may leave in the cache for others. */
    int prefixTokens(EngineOptions options) {
        return options.prefixTokens() > 0 ? options.prefixTokens() : Math.max(1, kvTokens / PREFIX_SHARE);
    }

    ContextOptions contextOptions(EngineOptions options, int threads) {
        return ContextOptions.builder()
                .contextTokens(kvTokens)
                .batchTokens(options.batchTokens())
                .microBatchTokens(options.microBatchTokens())
                .maxSequences(sequenceSlots)
                .threads(threads)
                .unifiedKv(!separate)
                .threadPoolPoll(options.draftModel().isPresent() ? THREAD_POOL_POLL_OF_TWO : THREAD_POOL_POLL)
                .kvTypes(options.keyType(), options.valueType())
                .flashAttention(options.flashAttention())
                .build();
    }

    private static GgmlType ggml(TensorType type) {
        return GgmlType.valueOf(type.name());
    }
}
