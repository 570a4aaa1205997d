package dev.quantgate.natives.llama;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class GrammarTest {
    private static final Vocabulary VOCABULARY = TinyModel.shared().vocabulary();

    @ParameterizedTest
    @ValueSource(floats = {0, 1})
    void theOutputFollowsTheGrammar(float temperature) {
        SamplingSpec.Builder spec =
                SamplingSpec.builder().temperature(temperature).grammar(GrammarSpec.of("root ::= \"the\" | \"world\""));
        for (int seed = 0; seed < 8; seed++) {
            assertThat(text(TinyModel.generate("hello", spec.seed(seed).build(), 6)))
                    .isIn("the", "world");
        }
    }

    @Test
    void aBoundedTopKLooksAtAllLegalTokens() {
        // Only a filler token is legal, and the model likes others better.
        GrammarSpec grammar = GrammarSpec.of("root ::= \" x500y\" \" x501y\"");
        SamplingSpec spec =
                SamplingSpec.builder().temperature(1).topK(2).grammar(grammar).build();

        assertThat(text(TinyModel.generate("hello", spec, 20))).isEqualTo(" x500y x501y");
    }

    @Test
    void aLazyGrammarWaitsForItsTrigger() {
        int trigger = VOCABULARY.tokenize("the", false, false)[0];
        GrammarSpec grammar = new GrammarSpec("root ::= \" the\" \"er\"", "root", true, List.of(), List.of(trigger));
        SamplingSpec spec = SamplingSpec.builder().grammar(grammar).build();
        float[] logits = new float[VOCABULARY.size()];
        logits[300] = 5;
        try (RowSampler sampler = RowSampler.create(VOCABULARY, spec)) {
            assertThat(sampler.sample(logits)).isEqualTo(300);
            logits[trigger] = 9;
            assertThat(sampler.sample(logits)).isEqualTo(trigger);
            assertThat(text(List.of(sampler.sample(logits)))).isIn("e", "er");
        }
    }

    @Test
    void aTokenThatTheGrammarForbidsIsRefused() {
        SamplingSpec spec =
                SamplingSpec.builder().grammar(GrammarSpec.of("root ::= \"a\"")).build();
        try (RowSampler sampler = RowSampler.create(VOCABULARY, spec)) {
            int[] tokens = VOCABULARY.tokenize("z", false, false);
            sampler.remember(tokens);
            assertThatExceptionOfType(LlamaException.class).isThrownBy(() -> sampler.follow(tokens));
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "root ::= (((",
                "root ::= \"unclosed",
                "root ::= other",
                "other ::= \"a\"",
                "root ::= root \"a\" | \"b\"",
                "nonsense",
                "root ::= \"a\"{99999}"
            })
    void aWrongGrammarIsRefusedWithTheReason(String text) {
        SamplingSpec spec = SamplingSpec.builder().grammar(GrammarSpec.of(text)).build();

        assertThatIllegalArgumentException()
                .isThrownBy(() -> RowSampler.create(VOCABULARY, spec))
                .withMessageMatching("grammar: .{5,}\\(expected: a grammar that llama.cpp accepts\\)");
        assertThatIllegalArgumentException().isThrownBy(() -> SamplerChain.create(VOCABULARY, spec));
    }

    @Test
    void aWrongTriggerPatternIsRefused() {
        GrammarSpec grammar = new GrammarSpec("root ::= \"a\"", "root", true, List.of("(unclosed"), List.of());
        SamplingSpec spec = SamplingSpec.builder().grammar(grammar).build();

        assertThatIllegalArgumentException().isThrownBy(() -> RowSampler.create(VOCABULARY, spec));
    }

    @Test
    void aGrammarNestedTenThousandDeepNeverReachesNativeCode() {
        String text = "root ::= " + "(".repeat(10_000) + "\"a\"" + ")".repeat(10_000);

        assertThatIllegalArgumentException()
                .isThrownBy(() -> GrammarSpec.of(text))
                .withMessage("grammar: parentheses nested deeper (expected: at most 128)");
    }

    @Test
    void theDeepestAllowedGrammarsWork() {
        int nesting = GrammarGuard.MAX_NESTING;
        String nested = "root ::= " + "(".repeat(nesting) + "\"a\"" + ")".repeat(nesting);
        int rules = GrammarGuard.MAX_RULES;
        String chain = "root ::= r1\n"
                + IntStream.range(1, rules - 1)
                        .mapToObj(i -> "r" + i + " ::= r" + (i + 1) + "\n")
                        .collect(Collectors.joining())
                + "r" + (rules - 1) + " ::= \"a\"\n";
        for (String text : List.of(nested, chain)) {
            SamplingSpec spec =
                    SamplingSpec.builder().grammar(GrammarSpec.of(text)).build();

            assertThat(text(TinyModel.generate("hello", spec, 3))).isEqualTo("a");
        }
    }

    @Test
    void theGuardIgnoresWhatIsQuotedOrCommented() {
        GrammarGuard.check("root ::= \"" + "(".repeat(500) + "\" [" + "(".repeat(500) + "] # " + "(".repeat(500));
        GrammarGuard.check("root ::= \"\\\"" + "(".repeat(500) + "\"");
    }

    @Test
    void theGuardLimitsSizeAndRules() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> GrammarGuard.check("x".repeat(GrammarGuard.MAX_CHARACTERS + 1)));
        assertThatIllegalArgumentException()
                .isThrownBy(() -> GrammarGuard.check("r ::= \"a\"\n".repeat(GrammarGuard.MAX_RULES + 1)))
                .withMessageContaining("more rules");
        assertThatIllegalArgumentException().isThrownBy(() -> GrammarGuard.check("  \n"));
        assertThatIllegalArgumentException().isThrownBy(() -> GrammarGuard.check("root ::= \"a\0b\""));
    }

    @ParameterizedTest
    @ValueSource(strings = {"{5,2}", "{ 5 , 2 }", "{ # why\n 5,# not\n2}", "{18446744073709551615,1}"})
    void aRepetitionWhoseMostIsBelowItsLeastIsRefused(String repetition) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> GrammarGuard.check("root ::= \"a\"" + repetition))
                .withMessageContaining("expected: ");
    }

    @Test
    void aMostThatTheEngineTakesForNoneIsNotCounted() {
        String text = "root ::= \"a\"{1,1000000} \"b\"";
        GrammarGuard.check(text);
        SamplingSpec spec = SamplingSpec.builder().grammar(GrammarSpec.of(text)).build();

        assertThat(text(TinyModel.generate("hello", spec, 3))).startsWith("a");
    }

    @Test
    void theGuardLimitsWhatRepetitionsStandFor() {
        String word = "\"" + "a".repeat(100) + "\"";
        GrammarGuard.check("root ::= " + (word + "{0,2000} ").repeat(1) + "[a-z]{3,} \"{9}{9}\"{2}");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> GrammarGuard.check("root ::= " + (word + "{0,2000} ").repeat(2)))
                .withMessageContaining("more repeated elements");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> GrammarGuard.check("root ::= " + "b{2000} ".repeat(132) + "\nb ::= \"b\""));
    }

    /** Text of generated tokens up to the end of the generation. */
    private static String text(List<Integer> tokens) {
        StringBuilder text = new StringBuilder();
        for (int token : tokens) {
            if (VOCABULARY.isEndOfGeneration(token)) {
                break;
            }
            text.append(new String(VOCABULARY.piece(token), StandardCharsets.UTF_8));
        }
        return text.toString();
    }
}
