package dev.quantgate.natives.llama;

import static dev.quantgate.natives.llama.bindings.global.llama.llama_sampler_free;
import static dev.quantgate.natives.llama.bindings.global.llama.qg_sample_logits;
import static dev.quantgate.natives.llama.bindings.global.llama.qg_sampler_clone;
import static dev.quantgate.natives.llama.bindings.global.llama.qg_sampler_follow;
import static dev.quantgate.natives.llama.bindings.global.llama.qg_sampler_free;
import static dev.quantgate.natives.llama.bindings.global.llama.qg_sampler_logprob;
import static dev.quantgate.natives.llama.bindings.global.llama.qg_sampler_new;
import static dev.quantgate.natives.llama.bindings.global.llama.qg_sampler_remember;
import static dev.quantgate.natives.llama.bindings.global.llama.qg_sampler_reset;
import static dev.quantgate.natives.llama.bindings.global.llama.qg_sampler_top;

import dev.quantgate.natives.llama.bindings.llama_sampler;
import dev.quantgate.natives.llama.bindings.qg_sampler;
import dev.quantgate.natives.llama.bindings.qg_sampler_params;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Supplier;

/**
 * Our own sampler for one sequence: the steps of a {@link SamplingSpec}, without sorting the vocabulary.
 *
 * <p>What it chooses depends on the spec, the logits and how many tokens it chose before, and on nothing else. One thread
 * at a time. Use it through a {@link SampleBatch}.
 */
public final class RowSampler implements AutoCloseable {
    private final SamplingSpec spec;
    private final int vocabularySize;
    private final qg_sampler pointer;
    private boolean closed;

    private RowSampler(SamplingSpec spec, int vocabularySize, qg_sampler pointer) {
        this.spec = spec;
        this.vocabularySize = vocabularySize;
        this.pointer = pointer;
    }

    /**
     * Creates a sampler.
     *
     * @throws IllegalArgumentException when the grammar is wrong, with llama.cpp's reason, or a bias names an unknown
     *     token
     */
    public static RowSampler create(Vocabulary vocabulary, SamplingSpec spec) {
        Map<Integer, Float> bias = spec.logitBias();
        int[] tokens = new int[bias.size()];
        float[] values = new float[bias.size()];
        int i = 0;
        for (Map.Entry<Integer, Float> entry : bias.entrySet()) {
            tokens[i] = Checks.require(entry.getKey(), 0, vocabulary.size() - 1, "logitBias token");
            values[i++] = entry.getValue();
        }
        GrammarSpec grammarSpec = spec.grammar();
        llama_sampler grammar = grammarSpec == null ? null : GrammarSamplers.create(vocabulary, grammarSpec);
        try (qg_sampler_params params = toParams(spec)) {
            qg_sampler sampler = qg_sampler_new(params, vocabulary.size(), tokens, values, tokens.length, grammar);
            return new RowSampler(spec, vocabulary.size(), Objects.requireNonNull(sampler, "sampler"));
        } catch (RuntimeException e) {
            if (grammar != null) {
                llama_sampler_free(grammar);
            }
            throw NativeErrors.translate(e);
        }
    }

    /** Returns how it samples. */
    public SamplingSpec spec() {
        return spec;
    }

    /** Counts tokens that it did not choose for the penalties; the grammar does not see them. */
    public void remember(int[] tokens) {
        call(() -> {
            qg_sampler_remember(pointer(), tokens, tokens.length);
            return Boolean.TRUE;
        });
    }

    /**
     * Moves the grammar past tokens that it did not choose; without a grammar it does nothing. They do not count for the
     * penalties.
     *
     * @throws LlamaException when the grammar does not allow them
     */
    public void follow(int[] tokens) {
        call(() -> {
            qg_sampler_follow(pointer(), tokens, tokens.length);
            return Boolean.TRUE;
        });
    }

    /** Samples from a row of logits that is not in a context; the row must have the size of the vocabulary. */
    public int sample(float[] logits) {
        Checks.require(logits.length, vocabularySize, vocabularySize, "logits.length");
        return call(() -> qg_sample_logits(pointer(), logits));
    }

    /** Returns the log-probability of the last chosen token, NaN when the spec does not ask for it. */
    public float logprob() {
        return call(() -> qg_sampler_logprob(pointer()));
    }

    /** Returns the likeliest tokens where the last one was chosen, best first, as many as the spec asks for. */
    public List<TokenLogprob> topLogprobs() {
        int wanted = Math.max(0, spec.logprobs());
        int[] tokens = new int[wanted];
        float[] logprobs = new float[wanted];
        int count = call(() -> qg_sampler_top(pointer(), tokens, logprobs, wanted));
        List<TokenLogprob> result = new ArrayList<>(count);
        for (int i = 0; i < count; i++) {
            result.add(new TokenLogprob(tokens[i], logprobs[i]));
        }
        return result;
    }

    /** Forgets everything it has seen: it is as new. */
    public void reset() {
        call(() -> {
            qg_sampler_reset(pointer());
            return Boolean.TRUE;
        });
    }

    /** Returns an independent sampler in the same state. */
    public RowSampler copy() {
        return call(() ->
                new RowSampler(spec, vocabularySize, Objects.requireNonNull(qg_sampler_clone(pointer()), "sampler")));
    }

    @Override
    public void close() {
        if (!closed) {
            closed = true;
            qg_sampler_free(pointer);
        }
    }

    long address() {
        return pointer().address();
    }

    private qg_sampler pointer() {
        if (closed) {
            throw new IllegalStateException("sampler is closed");
        }
        return pointer;
    }

    private static <T> T call(Supplier<T> call) {
        try {
            return call.get();
        } catch (RuntimeException e) {
            throw NativeErrors.translate(e);
        }
    }

    private static qg_sampler_params toParams(SamplingSpec spec) {
        return new qg_sampler_params()
                .temperature(spec.temperature())
                .top_k(spec.topK())
                .top_p(spec.topP())
                .min_p(spec.minP())
                .typical_p(spec.typicalP())
                .repeat_penalty(spec.repeatPenalty())
                .frequency_penalty(spec.frequencyPenalty())
                .presence_penalty(spec.presencePenalty())
                .penalty_last_n(spec.penaltyTokens())
                .seed(spec.seed())
                .n_logprobs(spec.logprobs());
    }
}
