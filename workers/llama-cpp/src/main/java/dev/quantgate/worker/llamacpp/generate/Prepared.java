package dev.quantgate.worker.llamacpp.generate;

import java.util.List;
import java.util.Map;

/**
 * A request that is ready to be computed.
 *
 * @param tokens of the prompt
 * @param maxTokens most tokens to generate
 * @param sampler chooses them
 * @param answer reads the text
 * @param stops all strings that end the text
 * @param ownStops those of them that the request named
 * @param controlTexts control tokens that are part of the text
 * @param ignoreEos whether the model's end mark is a token like others
 * @param logprobs whether to report log-probabilities
 * @param seed that the sampler uses
 */
@SuppressWarnings("ArrayRecordComponent") // Handed over once; never compared.
record Prepared(
        int[] tokens,
        int maxTokens,
        NativeSampler sampler,
        Answer answer,
        List<String> stops,
        List<String> ownStops,
        Map<Integer, String> controlTexts,
        boolean ignoreEos,
        boolean logprobs,
        int seed)
        implements AutoCloseable {

    /** A stop string of the template is nobody's business. */
    String reportedStop(String match) {
        return ownStops.contains(match) ? match : "";
    }

    @Override
    public void close() {
        answer.close();
        sampler.close();
    }
}
