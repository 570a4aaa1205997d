package dev.quantgate.natives.llama;

import static dev.quantgate.natives.llama.Checks.require;

import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * How the next token is chosen from a row of logits. The steps apply in this order: logit bias, penalties, grammar,
 * top-k, typical, top-p, min-p, temperature, draw.
 *
 * @param temperature 0: always the likeliest token; 1: the model's own distribution; up to 100
 * @param topK keep so many of the likeliest tokens; 0: all
 * @param topP keep the likeliest tokens that together reach this probability; 1: all
 * @param minP keep tokens with at least this share of the likeliest one's probability; 0: all
 * @param typicalP keep the tokens nearest to the expected information that together reach this probability; 1: all
 * @param repeatPenalty divides the logits of tokens seen lately; 1: off; above 0
 * @param frequencyPenalty is taken off per time a token was seen lately; 0: off
 * @param presencePenalty is taken off once if a token was seen lately; 0: off
 * @param penaltyTokens how many tokens back "lately" goes; 0: no penalties
 * @param seed start of the random numbers; the same seed and logits give the same tokens
 * @param logitBias added to the logits of these tokens; negative infinity forbids one
 * @param grammar what the output must follow, if anything
 * @param logprobs report log-probabilities of the model's own distribution: -1: none, 0: of the chosen token, n: also of
 *     the n likeliest
 */
public record SamplingSpec(
        float temperature,
        int topK,
        float topP,
        float minP,
        float typicalP,
        float repeatPenalty,
        float frequencyPenalty,
        float presencePenalty,
        int penaltyTokens,
        long seed,
        Map<Integer, Float> logitBias,
        @Nullable GrammarSpec grammar,
        int logprobs) {
    private static final float MAX_TEMPERATURE = 100;
    private static final float MAX_PENALTY = 1000;
    private static final int MAX_LOGPROBS = 1024;
    private static final int MAX_PENALTY_TOKENS = 1 << 20;

    /** Checks the ranges. */
    public SamplingSpec {
        require(temperature, 0, MAX_TEMPERATURE, "temperature");
        require(topK, 0, Integer.MAX_VALUE, "topK");
        require(topP, 0, 1, "topP");
        require(minP, 0, 1, "minP");
        require(typicalP, 0, 1, "typicalP");
        require(repeatPenalty, Float.MIN_NORMAL, MAX_PENALTY, "repeatPenalty");
        require(frequencyPenalty, -MAX_PENALTY, MAX_PENALTY, "frequencyPenalty");
        require(presencePenalty, -MAX_PENALTY, MAX_PENALTY, "presencePenalty");
        require(penaltyTokens, 0, MAX_PENALTY_TOKENS, "penaltyTokens");
        require(logprobs, -1, MAX_LOGPROBS, "logprobs");
        logitBias = Map.copyOf(logitBias);
        logitBias.forEach((token, bias) -> {
            if (Float.isNaN(bias) || bias == Float.POSITIVE_INFINITY) {
                throw new IllegalArgumentException(
                        "logitBias[" + token + "]: " + bias + " (expected: a number below infinity)");
            }
        });
    }

    /** Returns a builder that starts from always taking the likeliest token. */
    public static Builder builder() {
        return new Builder();
    }

    /** Collects options; each setter is described at the record's component of the same name. */
    public static final class Builder {
        private float temperature;
        private int topK;
        private float topP = 1;
        private float minP;
        private float typicalP = 1;
        private float repeatPenalty = 1;
        private float frequencyPenalty;
        private float presencePenalty;
        private int penaltyTokens;
        private long seed;
        private Map<Integer, Float> logitBias = Map.of();
        private @Nullable GrammarSpec grammar;
        private int logprobs = -1;

        private Builder() {}

        /** Default: 0, the likeliest token. */
        public Builder temperature(float value) {
            temperature = value;
            return this;
        }

        /** Default: 0, all. */
        public Builder topK(int value) {
            topK = value;
            return this;
        }

        /** Default: 1, all. */
        public Builder topP(float value) {
            topP = value;
            return this;
        }

        /** Default: 0, all. */
        public Builder minP(float value) {
            minP = value;
            return this;
        }

        /** Default: 1, all. */
        public Builder typicalP(float value) {
            typicalP = value;
            return this;
        }

        /** Default: off. */
        public Builder penalties(int tokens, float repeat, float frequency, float presence) {
            penaltyTokens = tokens;
            repeatPenalty = repeat;
            frequencyPenalty = frequency;
            presencePenalty = presence;
            return this;
        }

        /** Default: 0. */
        public Builder seed(long value) {
            seed = value;
            return this;
        }

        /** Default: none. */
        public Builder logitBias(Map<Integer, Float> value) {
            logitBias = value;
            return this;
        }

        /** Default: none. */
        public Builder grammar(@Nullable GrammarSpec value) {
            grammar = value;
            return this;
        }

        /** Default: -1, none. */
        public Builder logprobs(int value) {
            logprobs = value;
            return this;
        }

        /** Returns the checked options. */
        public SamplingSpec build() {
            return new SamplingSpec(
                    temperature,
                    topK,
                    topP,
                    minP,
                    typicalP,
                    repeatPenalty,
                    frequencyPenalty,
                    presencePenalty,
                    penaltyTokens,
                    seed,
                    logitBias,
                    grammar,
                    logprobs);
        }
    }
}
