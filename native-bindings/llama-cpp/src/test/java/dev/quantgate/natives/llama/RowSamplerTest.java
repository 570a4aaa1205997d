package dev.quantgate.natives.llama;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RowSamplerTest {
    private static final Vocabulary VOCABULARY = TinyModel.shared().vocabulary();
    private static final int SIZE = VOCABULARY.size();
    private static final int DRAWS = 20_000;

    @Test
    void greedyTakesTheFirstOfTheLikeliest() {
        float[] logits = noise(1);
        logits[77] = 50;
        logits[400] = 50;

        assertThat(sample(SamplingSpec.builder(), logits)).isEqualTo(77);
    }

    @Test
    void theSameSeedGivesTheSameTokens() {
        SamplingSpec.Builder spec = SamplingSpec.builder().temperature(1.5f).topP(0.95f);

        assertThat(draw(spec.seed(7), 50)).isEqualTo(draw(spec.seed(7), 50));
        assertThat(draw(spec.seed(7), 50)).isNotEqualTo(draw(spec.seed(8), 50));
    }

    @Test
    void aCopyContinuesInTheSameState() {
        SamplingSpec spec = SamplingSpec.builder().temperature(2).seed(3).build();
        try (RowSampler sampler = RowSampler.create(VOCABULARY, spec)) {
            sampler.sample(noise(1));
            try (RowSampler copy = sampler.copy()) {
                assertThat(draw(copy, 20)).isEqualTo(draw(sampler, 20));
            }
            sampler.reset();
            assertThat(draw(sampler, 21))
                    .isEqualTo(draw(SamplingSpec.builder().temperature(2).seed(3), 21));
        }
    }

    @Test
    void temperatureOneDrawsFromTheModelsDistribution() {
        assertDistribution(SamplingSpec.builder().temperature(1), fewTokens(), Set.of(3, 5, 8, 13));
    }

    @ParameterizedTest
    @ValueSource(ints = {2, 3, 511})
    void topKKeepsTheLikeliest(int k) {
        assertDistribution(SamplingSpec.builder().temperature(1).topK(k), fewTokens(), firstOf(k));
    }

    @Test
    void topPKeepsTheNucleus() {
        // Probabilities of about 0.64, 0.24, 0.09, 0.03.
        assertDistribution(SamplingSpec.builder().temperature(1).topP(0.6f), fewTokens(), Set.of(3));
        assertDistribution(SamplingSpec.builder().temperature(1).topP(0.7f), fewTokens(), Set.of(3, 5));
        assertDistribution(SamplingSpec.builder().temperature(1).topP(0.9f), fewTokens(), Set.of(3, 5, 8));
    }

    @Test
    void minPKeepsTokensNearTheLikeliest() {
        assertDistribution(SamplingSpec.builder().temperature(1).minP(0.3f), fewTokens(), Set.of(3, 5));
        assertDistribution(SamplingSpec.builder().temperature(1).topK(100).minP(0.1f), fewTokens(), Set.of(3, 5, 8));
    }

    @Test
    void typicalSamplingKeepsTokensNearTheEntropy() {
        // The entropy is 0.95; the informations are 0.44, 1.44, 2.44 and 3.44.
        assertDistribution(SamplingSpec.builder().temperature(1).typicalP(0.2f), fewTokens(), Set.of(5));
        assertDistribution(SamplingSpec.builder().temperature(1).typicalP(0.5f), fewTokens(), Set.of(3, 5));
    }

    @Test
    void penaltiesHoldDownTokensSeenLately() {
        float[] logits = new float[SIZE];
        logits[10] = 2;
        logits[11] = 1.5f;
        SamplingSpec repeat = SamplingSpec.builder().penalties(4, 2, 0, 0).build();
        try (RowSampler sampler = RowSampler.create(VOCABULARY, repeat)) {
            assertThat(sampler.sample(logits)).isEqualTo(10);
            assertThat(sampler.sample(logits)).isEqualTo(11);
            sampler.remember(new int[] {1, 2, 3, 4});
            assertThat(sampler.sample(logits)).isEqualTo(10);
        }
        assertThat(logits[10]).isEqualTo(2);
    }

    @Test
    void frequencyCountsAndPresenceDoesNot() {
        float[] logits = new float[SIZE];
        logits[10] = 2;
        logits[11] = 1;
        assertThat(draw(SamplingSpec.builder().penalties(64, 1, 0.4f, 0), logits, 4))
                .containsExactly(10, 10, 10, 11);
        assertThat(draw(SamplingSpec.builder().penalties(64, 1, 0, 0.9f), logits, 3))
                .containsExactly(10, 10, 10);
    }

    @Test
    void biasMovesAndForbidsTokens() {
        float[] logits = fewTokens();

        assertThat(sample(SamplingSpec.builder().logitBias(Map.of(8, 100f)), logits))
                .isEqualTo(8);
        assertThat(sample(SamplingSpec.builder().logitBias(Map.of(3, Float.NEGATIVE_INFINITY)), logits))
                .isEqualTo(5);
        assertDistribution(
                SamplingSpec.builder().temperature(1).logitBias(Map.of(3, Float.NEGATIVE_INFINITY)),
                logits,
                Set.of(5, 8, 13));
    }

    @Test
    void refusesABiasOfAnUnknownToken() {
        SamplingSpec spec = SamplingSpec.builder().logitBias(Map.of(SIZE, 1f)).build();

        assertThatIllegalArgumentException().isThrownBy(() -> RowSampler.create(VOCABULARY, spec));
        assertThatIllegalArgumentException().isThrownBy(() -> SamplerChain.create(VOCABULARY, spec));
    }

    @Test
    void logprobsAreThoseOfTheModel() {
        SamplingSpec spec = SamplingSpec.builder()
                .temperature(0.1f)
                .logitBias(Map.of(8, 100f))
                .logprobs(2)
                .build();
        try (RowSampler sampler = RowSampler.create(VOCABULARY, spec)) {
            float[] logits = fewTokens();
            assertThat(sampler.sample(logits)).isEqualTo(8);

            assertThat(sampler.logprob()).isCloseTo((float) Math.log(probability(logits, 8, all())), within(1e-4f));
            assertThat(sampler.topLogprobs()).extracting(TokenLogprob::token).containsExactly(3, 5);
            assertThat(Math.exp(sampler.topLogprobs().get(0).logprob()))
                    .isCloseTo(probability(logits, 3, all()), within(1e-4));
        }
    }

    @Test
    void logprobsAreNotANumberUnlessAskedFor() {
        try (RowSampler sampler =
                RowSampler.create(VOCABULARY, SamplingSpec.builder().build())) {
            sampler.sample(noise(1));

            assertThat(sampler.logprob()).isNaN();
            assertThat(sampler.topLogprobs()).isEmpty();
        }
    }

    @Test
    void aClosedSamplerRefusesEveryUse() {
        RowSampler sampler =
                RowSampler.create(VOCABULARY, SamplingSpec.builder().build());
        sampler.close();
        sampler.close();

        assertThatIllegalStateException().isThrownBy(() -> sampler.sample(noise(1)));
        assertThatIllegalStateException().isThrownBy(sampler::copy);
        assertThatIllegalStateException().isThrownBy(() -> new SampleBatch(1).add(0, sampler));
    }

    @Test
    void refusesRowsOfAnotherSize() {
        try (RowSampler sampler =
                RowSampler.create(VOCABULARY, SamplingSpec.builder().build())) {
            assertThatIllegalArgumentException().isThrownBy(() -> sampler.sample(new float[SIZE - 1]));
        }
    }

    /** Four tokens whose logits are 1 apart; the rest are out of reach. */
    private static float[] fewTokens() {
        float[] logits = new float[SIZE];
        Arrays.fill(logits, -60);
        logits[3] = 4;
        logits[5] = 3;
        logits[8] = 2;
        logits[13] = 1;
        return logits;
    }

    private static Set<Integer> firstOf(int k) {
        return new HashSet<>(List.of(3, 5, 8, 13).subList(0, Math.min(4, k)));
    }

    private static Set<Integer> all() {
        return Set.of(3, 5, 8, 13);
    }

    private static double probability(float[] logits, int token, Set<Integer> among) {
        double sum =
                among.stream().mapToDouble(other -> Math.exp(logits[other])).sum();
        return Math.exp(logits[token]) / sum;
    }

    private static void assertDistribution(SamplingSpec.Builder spec, float[] logits, Set<Integer> survivors) {
        int[] counts = new int[SIZE];
        draw(spec.seed(11), logits, DRAWS).forEach(token -> counts[token]++);
        for (int token = 0; token < SIZE; token++) {
            double expected = survivors.contains(token) ? probability(logits, token, survivors) : 0;
            assertThat((double) counts[token] / DRAWS).as("token %s", token).isCloseTo(expected, within(0.015));
            assertThat(counts[token] > 0).as("token %s", token).isEqualTo(expected > 0);
        }
    }

    private static int sample(SamplingSpec.Builder spec, float[] logits) {
        return draw(spec, logits, 1).get(0);
    }

    private static List<Integer> draw(SamplingSpec.Builder spec, int count) {
        return draw(spec, noise(5), count);
    }

    private static List<Integer> draw(SamplingSpec.Builder spec, float[] logits, int count) {
        try (RowSampler sampler = RowSampler.create(VOCABULARY, spec.build())) {
            return IntStream.range(0, count)
                    .mapToObj(i -> sampler.sample(logits))
                    .toList();
        }
    }

    private static List<Integer> draw(RowSampler sampler, int count) {
        List<Integer> tokens = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            tokens.add(sampler.sample(noise(5)));
        }
        return tokens;
    }

    private static float[] noise(long seed) {
        Random random = new Random(seed);
        float[] logits = new float[SIZE];
        for (int i = 0; i < SIZE; i++) {
            logits[i] = (float) random.nextGaussian();
        }
        return logits;
    }
}
