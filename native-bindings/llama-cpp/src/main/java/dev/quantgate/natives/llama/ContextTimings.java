package dev.quantgate.natives.llama;

import static dev.quantgate.natives.llama.bindings.global.llama.llama_perf_context;

import dev.quantgate.natives.llama.bindings.llama_context;
import dev.quantgate.natives.llama.bindings.llama_perf_context_data;
import java.time.Duration;

/**
 * What a context has measured.
 *
 * @param prompt time in batches of several tokens
 * @param promptTokens tokens in such batches
 * @param decode time in batches of one token
 * @param decodeTokens such batches
 * @param reusedGraphs how often a computation graph could be used again
 */
public record ContextTimings(Duration prompt, int promptTokens, Duration decode, int decodeTokens, int reusedGraphs) {
    private static final double NANOS_PER_MILLI = 1e6;

    static ContextTimings read(llama_context context) {
        try (llama_perf_context_data data = llama_perf_context(context)) {
            return new ContextTimings(
                    ofMillis(data.t_p_eval_ms()),
                    data.n_p_eval(),
                    ofMillis(data.t_eval_ms()),
                    data.n_eval(),
                    data.n_reused());
        }
    }

    private static Duration ofMillis(double millis) {
        return Duration.ofNanos((long) (millis * NANOS_PER_MILLI));
    }
}
