package dev.quantgate.worker.llamacpp.generate;

import dev.quantgate.natives.llama.RowSampler;
import dev.quantgate.natives.llama.SamplingSpec;
import dev.quantgate.natives.llama.Vocabulary;
import dev.quantgate.worker.llamacpp.schedule.TokenSampler;

/** Makes samplers that take the likeliest token, and may serve any number of texts. */
public final class GreedySampler {
    private GreedySampler() {}

    public static TokenSampler of(Vocabulary vocabulary) {
        return new NativeSampler(
                RowSampler.create(vocabulary, SamplingSpec.builder().build()));
    }
}
