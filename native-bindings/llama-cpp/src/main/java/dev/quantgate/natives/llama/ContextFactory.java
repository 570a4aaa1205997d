package dev.quantgate.natives.llama;

import static dev.quantgate.natives.llama.bindings.global.llama.llama_context_default_params;
import static dev.quantgate.natives.llama.bindings.global.llama.llama_free;
import static dev.quantgate.natives.llama.bindings.global.llama.llama_init_from_model;
import static dev.quantgate.natives.llama.bindings.global.llama.qg_threadpool_attach;

import dev.quantgate.natives.llama.bindings.llama_context;
import dev.quantgate.natives.llama.bindings.llama_context_params;

/** Makes native contexts. */
final class ContextFactory {
    /** A context and the handle of its thread pool, 0 for none. */
    record Created(llama_context context, long threadPool) {}

    private ContextFactory() {}

    /** Leaves the model acquired for the context. */
    static Created create(LlamaModel model, ContextOptions options) {
        var modelPointer = model.handle().acquire();
        boolean done = false;
        NativeLog.beginCapture();
        try (llama_context_params params = toParams(options)) {
            llama_context context = llama_init_from_model(modelPointer, params);
            String log = NativeLog.endCapture();
            if (context == null) {
                throw new LlamaException("llama.cpp cannot create the context: " + log);
            }
            long pool = attachPool(context, options);
            done = true;
            return new Created(context, pool);
        } catch (RuntimeException e) {
            throw NativeErrors.translate(e);
        } finally {
            if (!done) {
                model.handle().release();
            }
        }
    }

    private static long attachPool(llama_context context, ContextOptions options) {
        int threads = Math.max(options.threads(), options.batchThreads());
        if (options.threadPoolPoll() < 0 || threads == 1) {
            return 0;
        }
        try {
            return qg_threadpool_attach(context, threads, options.threadPoolPoll());
        } catch (RuntimeException e) {
            llama_free(context);
            throw e;
        }
    }

    private static llama_context_params toParams(ContextOptions options) {
        return llama_context_default_params()
                .n_ctx(options.contextTokens())
                .n_batch(options.batchTokens())
                .n_ubatch(options.microBatchTokens())
                .n_seq_max(options.maxSequences())
                .n_outputs_max_per_seq(options.maxOutputsPerSequence())
                .n_threads(options.threads())
                .n_threads_batch(options.batchThreads())
                .kv_unified(options.unifiedKv())
                .type_k(options.keyType().nativeId())
                .type_v(options.valueType().nativeId())
                .flash_attn_type(options.flashAttention().nativeId())
                .embeddings(options.embeddings())
                .pooling_type(options.pooling().nativeId())
                .no_perf(false);
    }
}
