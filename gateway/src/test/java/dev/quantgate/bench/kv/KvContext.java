package dev.quantgate.bench.kv;

import dev.quantgate.natives.llama.ContextOptions;
import dev.quantgate.natives.llama.DecodeStatus;
import dev.quantgate.natives.llama.FlashAttention;
import dev.quantgate.natives.llama.LlamaBatch;
import dev.quantgate.natives.llama.LlamaContext;
import dev.quantgate.natives.llama.LlamaModel;
import dev.quantgate.natives.llama.SequenceState;
import dev.quantgate.natives.llama.TensorType;
import java.nio.FloatBuffer;

/** One sequence in a context whose keys and values have one type. Flash attention is on for every type. */
final class KvContext implements AutoCloseable {
    static final int BATCH_TOKENS = 256;

    private final LlamaContext context;
    private final LlamaBatch batch = new LlamaBatch(BATCH_TOKENS);

    KvContext(LlamaModel model, TensorType type, int contextTokens, int threads) {
        context = LlamaContext.create(
                model,
                ContextOptions.builder()
                        .contextTokens(contextTokens)
                        .batchTokens(BATCH_TOKENS)
                        .microBatchTokens(BATCH_TOKENS)
                        .maxSequences(1)
                        .threads(threads)
                        .kvTypes(type, type)
                        .flashAttention(FlashAttention.ON)
                        .build());
    }

    /** Computes tokens {@code from} to {@code to} of a window at their positions in it. */
    void decode(int[] window, int from, int to, boolean outputs) {
        batch.clear();
        for (int i = from; i < to; i++) {
            batch.add(window[i], i, 0, outputs);
        }
        var status = context.decode(batch);
        if (status != DecodeStatus.OK) {
            throw new IllegalStateException("llama_decode: " + status);
        }
    }

    FloatBuffer logits(int row) {
        return context.logits(row);
    }

    /** Bytes that the cache takes for each token that it holds. */
    double bytesPerToken(int tokens) {
        return (double) SequenceState.sizeBytes(context, 0) / tokens;
    }

    void clear() {
        context.memory().clear();
    }

    @Override
    public void close() {
        context.close();
    }
}
