package dev.quantgate.natives.llama;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class GenerateTest {
    private static final List<String> PROMPTS = List.of("hello", "the world", "in the", "lo lo lo");
    private static final int TOKENS = 8;
    private static final SamplingSpec GREEDY = SamplingSpec.builder().build();

    @Test
    void sequencesThatStartAtDifferentTimesGiveWhatTheyGiveAlone() {
        List<List<Integer>> alone = PROMPTS.stream()
                .map(prompt -> TinyModel.generate(prompt, GREEDY, TOKENS))
                .toList();

        assertThat(generateStaggered()).isEqualTo(alone);
    }

    private static List<List<Integer>> generateStaggered() {
        int sequences = PROMPTS.size();
        List<List<Integer>> results = new ArrayList<>();
        PROMPTS.forEach(prompt -> results.add(new ArrayList<>()));
        int[] position = new int[sequences];
        LlamaBatch batch = new LlamaBatch(256);
        SampleBatch samples = new SampleBatch(sequences);
        List<Integer> sampled = new ArrayList<>();
        try (LlamaContext context = TinyModel.context(sequences);
                RowSampler sampler = RowSampler.create(TinyModel.shared().vocabulary(), GREEDY)) {
            for (int step = 0; step < sequences + TOKENS - 1; step++) {
                batch.clear();
                samples.clear();
                sampled.clear();
                for (int s = 0; s < sequences; s++) {
                    List<Integer> result = results.get(s);
                    if (step < s || result.size() == TOKENS) {
                        continue;
                    }
                    int row;
                    if (step == s) {
                        int[] tokens = TinyModel.tokens(PROMPTS.get(s));
                        row = TinyModel.prompt(batch, tokens, s);
                        position[s] = tokens.length;
                    } else {
                        row = batch.add(result.get(result.size() - 1), position[s]++, s, true);
                    }
                    samples.add(row, sampler);
                    sampled.add(s);
                }
                assertThat(context.decode(batch)).isEqualTo(DecodeStatus.OK);
                samples.run(context);
                for (int i = 0; i < samples.size(); i++) {
                    results.get(sampled.get(i)).add(samples.token(i));
                }
            }
        }
        return results;
    }
}
