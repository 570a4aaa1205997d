package dev.quantgate.worker.api.inference;

import dev.quantgate.worker.api.WorkerFailure;
import java.util.Map;
import java.util.Objects;
import java.util.OptionalInt;

/**
 * How the next token is chosen. Ranges are those of {@code quantgate.v1.SamplingParameters}; the constructor checks
 * them and names the field.
 *
 * @param temperature 0 to 100; 0 takes the most likely token
 * @param topK 0 (off) and up
 * @param topP over 0 to 1 (off)
 * @param minP 0 (off) to 1
 * @param typicalP over 0 to 1 (off)
 * @param repetitionPenalty over 0 to 10; 1 is off
 * @param presencePenalty -2 to 2
 * @param frequencyPenalty -2 to 2
 * @param penaltyLastN recent tokens that penalties see; -1 is the whole context, 0 none
 * @param seed bits of an unsigned 32-bit seed; empty draws one
 * @param logitBias token id to -100 to 100
 * @param constraint the form that the text must have
 */
public record Sampling(
        float temperature,
        int topK,
        float topP,
        float minP,
        float typicalP,
        float repetitionPenalty,
        float presencePenalty,
        float frequencyPenalty,
        int penaltyLastN,
        OptionalInt seed,
        Map<Integer, Float> logitBias,
        Constraint constraint) {

    /** What a request gets that says nothing. */
    public static final Sampling DEFAULT =
            new Sampling(0.8f, 40, 0.95f, 0.05f, 1f, 1f, 0f, 0f, 64, OptionalInt.empty(), Map.of(), Constraint.NONE);

    /** The most likely token, always. */
    public static final Sampling GREEDY =
            new Sampling(0f, 0, 1f, 0f, 1f, 1f, 0f, 0f, 0, OptionalInt.of(0), Map.of(), Constraint.NONE);

    private static final int MAX_LOGIT_BIASES = 1024;

    public Sampling {
        Objects.requireNonNull(seed, "seed");
        Objects.requireNonNull(constraint, "constraint");
        logitBias = Map.copyOf(logitBias);
        inRange("temperature", temperature, 0f, 100f);
        if (topK < 0) {
            throw invalid("top_k", topK + " (expected: >= 0)");
        }
        overZero("top_p", topP, 1f);
        inRange("min_p", minP, 0f, 1f);
        overZero("typical_p", typicalP, 1f);
        overZero("repetition_penalty", repetitionPenalty, 10f);
        inRange("presence_penalty", presencePenalty, -2f, 2f);
        inRange("frequency_penalty", frequencyPenalty, -2f, 2f);
        if (penaltyLastN < -1) {
            throw invalid("penalty_last_n", penaltyLastN + " (expected: >= -1)");
        }
        if (logitBias.size() > MAX_LOGIT_BIASES) {
            throw invalid("logit_bias", logitBias.size() + " entries (expected: at most " + MAX_LOGIT_BIASES + ")");
        }
        logitBias.forEach((token, bias) -> inRange("logit_bias[" + token + "]", bias, -100f, 100f));
    }

    private static void inRange(String field, float value, float min, float max) {
        if (!(value >= min && value <= max)) {
            throw invalid(field, value + " (expected: " + min + " to " + max + ")");
        }
    }

    private static void overZero(String field, float value, float max) {
        if (!(value > 0f && value <= max)) {
            throw invalid(field, value + " (expected: over 0 to " + max + ")");
        }
    }

    private static RuntimeException invalid(String field, String message) {
        return WorkerFailure.invalid("sampling." + field, message).asException();
    }
}
