package dev.quantgate.natives.llama;

import static dev.quantgate.natives.llama.bindings.global.llama.llama_free;
import static dev.quantgate.natives.llama.bindings.global.llama.llama_get_embeddings_ith;
import static dev.quantgate.natives.llama.bindings.global.llama.llama_get_embeddings_seq;
import static dev.quantgate.natives.llama.bindings.global.llama.llama_get_logits_ith;
import static dev.quantgate.natives.llama.bindings.global.llama.llama_n_batch;
import static dev.quantgate.natives.llama.bindings.global.llama.llama_n_ctx;
import static dev.quantgate.natives.llama.bindings.global.llama.llama_n_ctx_seq;
import static dev.quantgate.natives.llama.bindings.global.llama.llama_pooling_type;
import static dev.quantgate.natives.llama.bindings.global.llama.llama_set_embeddings;
import static dev.quantgate.natives.llama.bindings.global.llama.llama_set_n_threads;
import static dev.quantgate.natives.llama.bindings.global.llama.qg_decode;
import static dev.quantgate.natives.llama.bindings.global.llama.qg_set_cancel_flag;
import static dev.quantgate.natives.llama.bindings.global.llama.qg_threadpool_free;

import dev.quantgate.natives.llama.bindings.llama_context;
import java.lang.ref.Reference;
import java.nio.FloatBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.function.Supplier;
import org.bytedeco.javacpp.FloatPointer;
import org.jspecify.annotations.Nullable;

/**
 * The working state of a model: a KV cache for some sequences and the buffers to compute with. One thread at a time.
 *
 * <p>After a {@link NativeAbortException} it refuses every call but {@link #close}.
 */
public final class LlamaContext implements AutoCloseable {
    private final LlamaModel model;
    private final llama_context pointer;
    private final ContextOptions options;
    private final long threadPool;
    private final int contextTokens;
    private final int batchTokens;
    private final SequenceMemory memory;
    private final List<SamplerChain> attached = new ArrayList<>();
    // Native code polls its memory, so it must stay reachable as long as this object is.
    private @Nullable CancelFlag cancelFlag;
    private boolean poisoned;
    private boolean closed;

    private LlamaContext(LlamaModel model, ContextOptions options, llama_context pointer, long threadPool) {
        this.model = model;
        this.options = options;
        this.pointer = pointer;
        this.threadPool = threadPool;
        contextTokens = llama_n_ctx(pointer);
        batchTokens = llama_n_batch(pointer);
        memory = new SequenceMemory(this);
    }

    /**
     * Creates a context; the model stays in memory until it is closed.
     *
     * @throws LlamaException when llama.cpp refuses the options or there is not enough memory
     */
    public static LlamaContext create(LlamaModel model, ContextOptions options) {
        Objects.requireNonNull(options, "options");
        ContextFactory.Created created = ContextFactory.create(model, options);
        return new LlamaContext(model, options, created.context(), created.threadPool());
    }

    /** Returns the model. */
    public LlamaModel model() {
        return model;
    }

    /** Returns the options it was created with. */
    public ContextOptions options() {
        return options;
    }

    /** Returns the real room in the KV cache in tokens: llama.cpp rounds what was asked for. */
    public int contextTokens() {
        return contextTokens;
    }

    /** Returns the most tokens that one sequence can hold. */
    public int sequenceTokens() {
        return call(() -> llama_n_ctx_seq(pointer()));
    }

    /** Returns the real limit on the tokens of one decode. */
    public int batchTokens() {
        return batchTokens;
    }

    /** Returns what is done with the embeddings of a sequence. */
    public Pooling pooling() {
        return call(() -> Pooling.of(llama_pooling_type(pointer())));
    }

    /** Returns the KV cache. */
    public SequenceMemory memory() {
        return memory;
    }

    /**
     * Computes a batch and stores it in the KV cache.
     *
     * @throws IllegalArgumentException when the batch is empty, longer than {@link #batchTokens} or names a sequence
     *     beyond the options' limit
     * @throws NativeAbortException when llama.cpp failed an assertion, or the model's file has shrunk
     */
    public DecodeStatus decode(LlamaBatch batch) {
        llama_context context = pointer();
        Checks.require(batch.size(), 1, batchTokens, "batch.size");
        Checks.require(batch.highestSequence(), 0, options.maxSequences() - 1, "sequence");
        try {
            int code = qg_decode(context, batch.address(), batch.capacity(), batch.sequencesPerToken(), batch.size());
            model.requireWholeFile();
            return DecodeStatus.of(code);
        } catch (RuntimeException e) {
            throw fail(e);
        } finally {
            Reference.reachabilityFence(batch);
            Reference.reachabilityFence(cancelFlag);
        }
    }

    /**
     * Returns the logits of an entry of the last batch, one float per token of the vocabulary. The view is valid until
     * the next decode or close.
     *
     * @throws IllegalArgumentException when that entry asked for no output
     */
    public FloatBuffer logits(int index) {
        FloatPointer row = call(() -> llama_get_logits_ith(pointer(), index));
        if (row == null) {
            throw new IllegalArgumentException("index: " + index + " (expected: a batch entry with output)");
        }
        return row.capacity(model.vocabulary().size()).asBuffer();
    }

    /** Returns a copy of the embedding after an entry of the last batch. */
    public float[] embeddings(int index) {
        return copy(call(() -> llama_get_embeddings_ith(pointer(), index)), outputLength(), "index: " + index);
    }

    /** Returns a copy of the pooled embedding of a sequence of the last batch. */
    public float[] sequenceEmbeddings(int sequence) {
        requireSequence(sequence);
        return copy(call(() -> llama_get_embeddings_seq(pointer(), sequence)), outputLength(), "sequence: " + sequence);
    }

    /** Turns embeddings on or off for the next decodes. */
    public void setEmbeddings(boolean wanted) {
        run(() -> llama_set_embeddings(pointer(), wanted));
    }

    /** Sets the numbers of native threads: for single tokens, and for longer batches. */
    public void setThreads(int threads, int batchThreads) {
        int most = threadPool == 0 ? Integer.MAX_VALUE : Math.max(options.threads(), options.batchThreads());
        Checks.require(threads, 1, most, "threads");
        Checks.require(batchThreads, 1, most, "batchThreads");
        run(() -> llama_set_n_threads(pointer(), threads, batchThreads));
    }

    /** Sets the flag that stops a decode under way, or removes it. */
    public void setCancelFlag(@Nullable CancelFlag flag) {
        run(() -> qg_set_cancel_flag(pointer(), flag == null ? 0 : flag.address()));
        cancelFlag = flag;
    }

    /** Uses these adapters, and no others, from the next decode on; each one's scale is usually 1. */
    public void setAdapters(List<LoraAdapter> adapters, float[] scales) {
        LoraAdapter.apply(this, adapters, scales);
    }

    /** Returns what the context has measured since it was created. */
    public ContextTimings timings() {
        return call(() -> ContextTimings.read(pointer()));
    }

    /** Frees the context. */
    @Override
    public void close() {
        if (closed) {
            return;
        }
        List.copyOf(attached).forEach(SamplerChain::detach);
        closed = true;
        if (poisoned) {
            // Freeing what was left half done could fail another assertion. Leaking it is the lesser harm.
            return;
        }
        llama_free(pointer);
        if (threadPool != 0) {
            qg_threadpool_free(threadPool);
        }
        model.handle().release();
    }

    /** The native context, when it may still be used. */
    llama_context pointer() {
        if (closed) {
            throw new IllegalStateException("context is closed");
        }
        if (poisoned) {
            throw new IllegalStateException("context is unusable after a failed assertion in native code");
        }
        return pointer;
    }

    boolean isUsable() {
        return !closed && !poisoned;
    }

    List<SamplerChain> attached() {
        return attached;
    }

    int requireSequence(int sequence) {
        return Checks.require(sequence, 0, options.maxSequences() - 1, "sequence");
    }

    <T> T call(Supplier<T> call) {
        try {
            return call.get();
        } catch (RuntimeException e) {
            throw fail(e);
        }
    }

    void run(Runnable call) {
        call(() -> {
            call.run();
            return Boolean.TRUE;
        });
    }

    RuntimeException fail(RuntimeException thrown) {
        RuntimeException translated = NativeErrors.translate(thrown);
        poisoned |= translated instanceof NativeAbortException;
        return translated;
    }

    private int outputLength() {
        return model.properties().outputEmbeddingLength();
    }

    private static float[] copy(@Nullable FloatPointer values, int length, String what) {
        if (values == null) {
            throw new IllegalArgumentException(what + " (expected: one with embeddings in the last batch)");
        }
        float[] copy = new float[length];
        values.get(copy);
        return copy;
    }
}
