package dev.quantgate.worker.llamacpp.embed;

import dev.quantgate.natives.llama.ContextOptions;
import dev.quantgate.natives.llama.DecodeStatus;
import dev.quantgate.natives.llama.LlamaBatch;
import dev.quantgate.natives.llama.LlamaContext;
import dev.quantgate.natives.llama.LlamaException;
import dev.quantgate.natives.llama.LlamaModel;
import dev.quantgate.natives.llama.Pooling;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/** One small context for each kind of pooling in use, made when it is first needed. One thread at a time. */
public final class EmbeddingContexts implements AutoCloseable {
    private static final int MAX_TOKENS = 2048;
    private static final int MAX_SEQUENCES = 16;

    private final LlamaModel model;
    private final int threads;
    private final int maxTokens;
    private final LlamaBatch batch;
    private final Map<Pooling, LlamaContext> contexts = new EnumMap<>(Pooling.class);

    public EmbeddingContexts(LlamaModel model, int threads) {
        this.model = model;
        this.threads = threads;
        var trained = model.properties().trainedContextTokens();
        maxTokens = trained > 0 ? Math.min(trained, MAX_TOKENS) : MAX_TOKENS;
        batch = new LlamaBatch(maxTokens);
    }

    /** Most tokens of one text. */
    int maxTokens() {
        return maxTokens;
    }

    /** Pooling that the model's file asks for, else the mean. */
    Pooling ownPooling() {
        var architecture = model.metadata().getOrDefault("general.architecture", "");
        return switch (model.metadata().getOrDefault(architecture + ".pooling_type", "")) {
            case "2" -> Pooling.CLS;
            case "3" -> Pooling.LAST;
            default -> Pooling.MEAN;
        };
    }

    /** How many of the windows, from the first on, fit into one decode. */
    int fitting(List<EmbeddingWindow> windows) {
        var tokens = 0;
        var count = 0;
        for (var window : windows) {
            tokens += window.tokens().length;
            if (tokens > maxTokens || count == MAX_SEQUENCES) {
                return count;
            }
            count++;
        }
        return count;
    }

    /** The vectors of windows that fit. */
    List<float[]> embed(List<EmbeddingWindow> windows, Pooling pooling) {
        var context = contexts.computeIfAbsent(pooling, this::create);
        batch.clear();
        for (int sequence = 0; sequence < windows.size(); sequence++) {
            var tokens = windows.get(sequence).tokens();
            for (int i = 0; i < tokens.length; i++) {
                batch.add(tokens[i], i, sequence, true);
            }
        }
        try {
            if (model.properties().hasDecoder()) {
                context.memory().clear();
            }
            if (context.decode(batch) != DecodeStatus.OK) {
                throw new LlamaException("llama.cpp failed to compute embeddings");
            }
            var vectors = new ArrayList<float[]>();
            for (int sequence = 0; sequence < windows.size(); sequence++) {
                vectors.add(context.sequenceEmbeddings(sequence));
            }
            return vectors;
        } catch (LlamaException e) {
            // The context may be unusable now; the next request gets a new one.
            contexts.remove(pooling);
            context.close();
            throw e;
        }
    }

    private LlamaContext create(Pooling pooling) {
        return LlamaContext.create(
                model,
                ContextOptions.builder()
                        .contextTokens(maxTokens)
                        .batchTokens(maxTokens)
                        // Encoders see a text as a whole, so it must not be cut into pieces.
                        .microBatchTokens(maxTokens)
                        .maxSequences(MAX_SEQUENCES)
                        .threads(threads)
                        .embeddings(pooling)
                        .build());
    }

    @Override
    public void close() {
        contexts.values().forEach(LlamaContext::close);
        contexts.clear();
    }
}
