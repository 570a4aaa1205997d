package dev.quantgate.natives.llama;

import static dev.quantgate.natives.llama.bindings.global.llama.llama_sampler_accept;
import static dev.quantgate.natives.llama.bindings.global.llama.llama_sampler_chain_add;
import static dev.quantgate.natives.llama.bindings.global.llama.llama_sampler_chain_default_params;
import static dev.quantgate.natives.llama.bindings.global.llama.llama_sampler_chain_init;
import static dev.quantgate.natives.llama.bindings.global.llama.llama_sampler_clone;
import static dev.quantgate.natives.llama.bindings.global.llama.llama_sampler_free;
import static dev.quantgate.natives.llama.bindings.global.llama.llama_sampler_init_dist;
import static dev.quantgate.natives.llama.bindings.global.llama.llama_sampler_init_greedy;
import static dev.quantgate.natives.llama.bindings.global.llama.llama_sampler_init_logit_bias;
import static dev.quantgate.natives.llama.bindings.global.llama.llama_sampler_init_min_p;
import static dev.quantgate.natives.llama.bindings.global.llama.llama_sampler_init_penalties;
import static dev.quantgate.natives.llama.bindings.global.llama.llama_sampler_init_temp;
import static dev.quantgate.natives.llama.bindings.global.llama.llama_sampler_init_top_k;
import static dev.quantgate.natives.llama.bindings.global.llama.llama_sampler_init_top_p;
import static dev.quantgate.natives.llama.bindings.global.llama.llama_sampler_init_typical;
import static dev.quantgate.natives.llama.bindings.global.llama.llama_sampler_reset;
import static dev.quantgate.natives.llama.bindings.global.llama.llama_set_sampler;

import dev.quantgate.natives.llama.bindings.llama_logit_bias;
import dev.quantgate.natives.llama.bindings.llama_sampler;
import dev.quantgate.natives.llama.bindings.llama_sampler_chain_params;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * llama.cpp's own samplers for one sequence, chained in the order of a {@link SamplingSpec}.
 *
 * <p>Its use is sampling in the graph: {@linkplain #attach attached} to a sequence of a context, the choice is made
 * during the decode, no logits are copied, and a {@link SampleBatch} only picks up the token. That works for every step
 * but a grammar and typical sampling; log-probabilities are not reported. Detached it samples from logits, slower than a
 * {@link RowSampler}. One thread at a time.
 */
public final class SamplerChain implements AutoCloseable {
    private final SamplingSpec spec;
    private final llama_sampler pointer;
    private @Nullable LlamaContext context;
    private int sequence;
    private boolean wasAttached;
    private boolean closed;

    private SamplerChain(SamplingSpec spec, llama_sampler pointer) {
        this.spec = spec;
        this.pointer = pointer;
    }

    /**
     * Creates a chain.
     *
     * @throws IllegalArgumentException when the grammar is wrong, with llama.cpp's reason, or a bias names an unknown
     *     token
     */
    public static SamplerChain create(Vocabulary vocabulary, SamplingSpec spec) {
        spec.logitBias().keySet().forEach(token -> Checks.require(token, 0, vocabulary.size() - 1, "logitBias token"));
        GrammarSpec grammarSpec = spec.grammar();
        llama_sampler grammar = grammarSpec == null ? null : GrammarSamplers.create(vocabulary, grammarSpec);
        try (llama_sampler_chain_params params = llama_sampler_chain_default_params()) {
            llama_sampler chain = llama_sampler_chain_init(params);
            addAdjustments(chain, vocabulary, spec);
            if (grammar != null) {
                llama_sampler_chain_add(chain, grammar);
            }
            addSelection(chain, spec);
            return new SamplerChain(spec, chain);
        }
    }

    /** Returns how it samples. */
    public SamplingSpec spec() {
        return spec;
    }

    /** Returns whether a spec can be sampled in the graph from start to end. */
    public static boolean runsInGraph(SamplingSpec spec) {
        return spec.grammar() == null && spec.typicalP() >= 1 && spec.logprobs() < 0;
    }

    /**
     * Samples a sequence of a context during its decodes from now on. A chain can be attached once; {@link #copy} gives
     * another. Attaching rebuilds the context's graph, so keep chains attached.
     *
     * @throws IllegalStateException when it was attached before
     * @throws LlamaException when it cannot run in the graph
     */
    public void attach(LlamaContext target, int targetSequence) {
        target.requireSequence(targetSequence);
        llama_sampler chain = pointer();
        if (wasAttached) {
            throw new IllegalStateException("the chain was attached before");
        }
        if (!runsInGraph(spec)) {
            throw new LlamaException("these options cannot be sampled in the graph");
        }
        wasAttached = true;
        target.attached().stream()
                .filter(other -> other.sequence == targetSequence)
                .findFirst()
                .ifPresent(SamplerChain::detach);
        if (!target.call(() -> llama_set_sampler(target.pointer(), targetSequence, chain))) {
            throw new LlamaException("the chain cannot run in the graph");
        }
        context = target;
        sequence = targetSequence;
        target.attached().add(this);
    }

    /** Ends sampling in the graph; harmless when not attached. */
    public void detach() {
        LlamaContext target = context;
        if (target == null) {
            return;
        }
        context = null;
        target.attached().remove(this);
        if (target.isUsable()) {
            target.call(() -> llama_set_sampler(target.pointer(), sequence, null));
        }
    }

    /** Tells it of a token it did not choose. */
    public void accept(int token) {
        try {
            llama_sampler_accept(pointer(), token);
        } catch (RuntimeException e) {
            throw NativeErrors.translate(e);
        }
    }

    /** Forgets everything it has seen: it is as new. */
    public void reset() {
        llama_sampler_reset(pointer());
    }

    /** Returns an independent, detached chain in the same state. */
    public SamplerChain copy() {
        return new SamplerChain(spec, llama_sampler_clone(pointer()));
    }

    @Override
    public void close() {
        if (!closed) {
            detach();
            closed = true;
            llama_sampler_free(pointer);
        }
    }

    long address() {
        return pointer().address();
    }

    private llama_sampler pointer() {
        if (closed) {
            throw new IllegalStateException("sampler is closed");
        }
        return pointer;
    }

    private static void addAdjustments(llama_sampler chain, Vocabulary vocabulary, SamplingSpec spec) {
        Map<Integer, Float> bias = spec.logitBias();
        if (!bias.isEmpty()) {
            try (llama_logit_bias entries = new llama_logit_bias(bias.size())) {
                int i = 0;
                for (Map.Entry<Integer, Float> entry : bias.entrySet()) {
                    entries.position(i++).token(entry.getKey()).bias(entry.getValue());
                }
                entries.position(0);
                llama_sampler_chain_add(chain, llama_sampler_init_logit_bias(vocabulary.size(), bias.size(), entries));
            }
        }
        if (spec.penaltyTokens() > 0) {
            llama_sampler_chain_add(
                    chain,
                    llama_sampler_init_penalties(
                            vocabulary.size(),
                            spec.penaltyTokens(),
                            spec.repeatPenalty(),
                            spec.frequencyPenalty(),
                            spec.presencePenalty()));
        }
    }

    private static void addSelection(llama_sampler chain, SamplingSpec spec) {
        if (spec.temperature() == 0) {
            llama_sampler_chain_add(chain, llama_sampler_init_greedy());
            return;
        }
        if (spec.topK() > 0) {
            llama_sampler_chain_add(chain, llama_sampler_init_top_k(spec.topK()));
        }
        if (spec.typicalP() < 1) {
            llama_sampler_chain_add(chain, llama_sampler_init_typical(spec.typicalP(), 1));
        }
        if (spec.topP() < 1) {
            llama_sampler_chain_add(chain, llama_sampler_init_top_p(spec.topP(), 1));
        }
        if (spec.minP() > 0) {
            llama_sampler_chain_add(chain, llama_sampler_init_min_p(spec.minP(), 1));
        }
        llama_sampler_chain_add(chain, llama_sampler_init_temp(spec.temperature()));
        llama_sampler_chain_add(chain, llama_sampler_init_dist(Long.hashCode(spec.seed())));
    }
}
