package dev.quantgate.natives.llama;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class SamplerChainTest {
    private static final Vocabulary VOCABULARY = TinyModel.shared().vocabulary();
    private static final SamplingSpec GREEDY = SamplingSpec.builder().build();
    private static final SamplingSpec WARM = SamplingSpec.builder()
            .temperature(0.8f)
            .topK(40)
            .topP(0.95f)
            .minP(0.05f)
            .seed(5)
            .logitBias(Map.of(9, -3f))
            .penalties(64, 1.1f, 0.1f, 0.1f)
            .build();

    @Test
    void greedyChainsAndOurOwnSamplerAgree() {
        assertThat(generate(GREEDY, false)).isEqualTo(TinyModel.generate("hello", GREEDY, 12));
    }

    @Test
    void samplingInTheGraphGivesWhatSamplingFromLogitsGives() {
        assertThat(generate(GREEDY, true)).isEqualTo(generate(GREEDY, false));
        assertThat(generate(WARM, true)).hasSize(12).isEqualTo(generate(WARM, true));
    }

    @Test
    void sequencesWithAndWithoutAChainShareABatch() {
        List<Integer> expected = TinyModel.generate("hello", GREEDY, 1);
        try (LlamaContext context = TinyModel.context(2);
                SamplerChain chain = SamplerChain.create(VOCABULARY, GREEDY);
                RowSampler sampler = RowSampler.create(VOCABULARY, GREEDY)) {
            chain.attach(context, 0);
            LlamaBatch batch = new LlamaBatch(256);
            SampleBatch samples = new SampleBatch(2);
            samples.add(TinyModel.prompt(batch, TinyModel.tokens("hello"), 0), chain);
            samples.add(TinyModel.prompt(batch, TinyModel.tokens("hello"), 1), sampler);

            assertThat(context.decode(batch)).isEqualTo(DecodeStatus.OK);
            samples.run(context);

            assertThat(List.of(samples.token(0))).isEqualTo(expected);
            assertThat(List.of(samples.token(1))).isEqualTo(expected);
        }
    }

    @Test
    void aChainIsAttachedOnce() {
        try (LlamaContext context = TinyModel.context(1);
                SamplerChain chain = SamplerChain.create(VOCABULARY, GREEDY);
                SamplerChain copy = chain.copy()) {
            chain.attach(context, 0);
            assertThatIllegalStateException().isThrownBy(() -> chain.attach(context, 0));

            copy.attach(context, 0);
        }
    }

    @Test
    void aGrammarCannotRunInTheGraph() {
        SamplingSpec spec = SamplingSpec.builder()
                .grammar(GrammarSpec.of("root ::= \"the\""))
                .build();
        try (LlamaContext context = TinyModel.context(1);
                SamplerChain chain = SamplerChain.create(VOCABULARY, spec)) {
            assertThat(SamplerChain.runsInGraph(spec)).isFalse();
            assertThatExceptionOfType(LlamaException.class).isThrownBy(() -> chain.attach(context, 0));
        }
    }

    @Test
    void aClosedChainRefusesEveryUse() {
        SamplerChain chain = SamplerChain.create(VOCABULARY, GREEDY);
        chain.close();

        assertThatIllegalStateException().isThrownBy(() -> chain.accept(1));
        assertThatIllegalStateException().isThrownBy(() -> new SampleBatch(1).add(0, chain));
    }

    private static List<Integer> generate(SamplingSpec spec, boolean inGraph) {
        List<Integer> result = new ArrayList<>();
        try (LlamaContext context = TinyModel.context(1);
                SamplerChain chain = SamplerChain.create(VOCABULARY, spec)) {
            if (inGraph) {
                chain.attach(context, 0);
            }
            LlamaBatch batch = new LlamaBatch(256);
            SampleBatch samples = new SampleBatch(1);
            int[] tokens = TinyModel.tokens("hello");
            int row = TinyModel.prompt(batch, tokens, 0);
            for (int position = tokens.length; result.size() < 12; position++) {
                assertThat(context.decode(batch)).isEqualTo(DecodeStatus.OK);
                samples.clear();
                samples.add(row, chain);
                samples.run(context);
                result.add(samples.token(0));
                batch.clear();
                row = batch.add(samples.token(0), position, 0, true);
            }
        }
        return result;
    }
}
