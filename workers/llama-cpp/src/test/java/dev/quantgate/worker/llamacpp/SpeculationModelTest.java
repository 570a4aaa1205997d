package dev.quantgate.worker.llamacpp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.quantgate.worker.api.CallContext;
import dev.quantgate.worker.api.Cancellation;
import dev.quantgate.worker.api.StreamSink;
import dev.quantgate.worker.api.WorkerException;
import dev.quantgate.worker.api.WorkerFailure;
import dev.quantgate.worker.api.backend.BackendSettings;
import dev.quantgate.worker.api.backend.LoadOptions;
import dev.quantgate.worker.api.backend.LoadedModel;
import dev.quantgate.worker.api.inference.Constraint;
import dev.quantgate.worker.api.inference.GenerateEvent;
import dev.quantgate.worker.llamacpp.gguf.GgmlType;
import dev.quantgate.worker.llamacpp.gguf.TinyGguf;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Texts with and without speculation, of the model that QUANTGATE_TEST_MODEL names, else of a tiny one. */
@Timeout(240)
class SpeculationModelTest {
    // Short: prompts of 64 tokens and more are computed in tiles, and add up in another order beside others.
    private static final String REPETITIVE = "The cat sat on the mat.\n".repeat(6);
    private static final String NORMAL = "The lighthouse keeper looked at the dark water and began to";

    @TempDir
    private static Path folder;

    private static LlamaCppBackend backend;
    private static LoadedModel model;

    @BeforeAll
    static void load() {
        var file = Optional.ofNullable(System.getenv("QUANTGATE_TEST_MODEL"))
                .map(Path::of)
                .orElseGet(() -> TinyGguf.llama().type(GgmlType.F32).writeTo(folder.resolve("tiny.gguf")));
        // One thread, because several split the attention of single rows; and one prefix, because a prompt whose
        // beginning is cached is computed in other pieces. Both add up in another order, with speculation or without.
        backend = new LlamaCppBackend(new BackendSettings(1, 2L << 30, 1024, 4, 8, Map.of("prefix_tokens", "1")));
        model = backend.load(file, new LoadOptions("model", 0), (fraction, step) -> {}, new Cancellation());
    }

    @AfterAll
    static void close() {
        backend.close();
    }

    /** Takes the one prefix's place, so that the next prompt is computed as a whole. */
    private static void forgetPrefix() throws Exception {
        TestStream.start(
                        model,
                        Generate.prompt("Nothing begins like this.")
                                .maxTokens(8)
                                .build())
                .completed();
    }

    private static TestStream plain(Generate request) throws Exception {
        forgetPrefix();
        var stream = TestStream.start(model, request.withoutSpeculation().build());
        assertThat(stream.completed().draftedTokens()).isZero();
        return stream;
    }

    private static Generate greedy(String prompt) {
        return Generate.prompt(prompt).maxTokens(120);
    }

    private static Generate seeded(String prompt, int seed) {
        return Generate.prompt(prompt).maxTokens(80).seed(seed);
    }

    private static int figure(String name) {
        return Objects.requireNonNull(model.statistics().get(name)).intValue();
    }

    @Test
    void greedyTextIsTheSameAndARepetitiveOneTakesFewerSteps() throws Exception {
        for (var prompt : List.of(REPETITIVE, NORMAL)) {
            var expected = plain(greedy(prompt)).text();
            forgetPrefix();
            var steps = figure("decode_steps");

            var guessed = TestStream.start(model, greedy(prompt).build());

            assertThat(guessed.text()).isEqualTo(expected);
            var end = guessed.completed();
            assertThat(end.completionTokens()).isEqualTo(120);
            assertThat(guessed.chunks().stream()
                            .mapToInt(chunk -> chunk.tokens())
                            .sum())
                    .isEqualTo(120);
            if (prompt.equals(REPETITIVE)) {
                assertThat(end.acceptedDraftTokens()).isGreaterThan(60);
                assertThat(figure("decode_steps") - steps).isLessThan(60);
            }
        }
    }

    @Test
    void greedyTextIsTheSameInABatch() throws Exception {
        var prompts = List.of(REPETITIVE, NORMAL, "red green blue\n".repeat(8), "A recipe for bread: take");
        var expected = new ArrayList<String>();
        for (var prompt : prompts) {
            expected.add(plain(greedy(prompt)).text());
        }

        forgetPrefix();
        var together = new ArrayList<TestStream>();
        for (var prompt : prompts) {
            var stream = TestStream.start(model, greedy(prompt).build());
            stream.awaitFirstItem();
            together.add(stream);
        }

        for (int i = 0; i < prompts.size(); i++) {
            assertThat(together.get(i).text()).isEqualTo(expected.get(i));
        }
    }

    @Test
    void aSeedGivesTheSameTextWithPenaltiesAndLogprobs() throws Exception {
        for (int seed = 1; seed <= 4; seed++) {
            var expected = plain(seeded(REPETITIVE, seed).logprobs(2));
            forgetPrefix();
            var guessed =
                    TestStream.start(model, seeded(REPETITIVE, seed).logprobs(2).build());

            assertThat(guessed.text()).isEqualTo(expected.text());
            assertThat(logprobTokens(guessed)).hasSize(80).isEqualTo(logprobTokens(expected));
        }
    }

    private static List<Integer> logprobTokens(TestStream stream) throws Exception {
        stream.completed();
        return stream.chunks().stream()
                .flatMap(chunk -> chunk.logprobs().stream())
                .map(logprob -> logprob.token().id())
                .toList();
    }

    @Test
    void aStopStringWithinAGuessEndsTheTextThere() throws Exception {
        var whole = plain(greedy(REPETITIVE)).text();
        forgetPrefix();
        var stop = whole.substring(150, 156);
        var end = whole.indexOf(stop);

        var stream = TestStream.start(model, greedy(REPETITIVE).stop(stop).build());

        assertThat(stream.text()).isEqualTo(whole.substring(0, end));
        assertThat(stream.completed().stopMatch()).isEqualTo(stop);
    }

    @Test
    void aGrammarHoldsWithinGuesses() throws Exception {
        var grammar = new Constraint.Grammar("root ::= line+\nline ::= \"item \" [0-3] \" is done\\n\"\n");

        var expected = plain(Generate.prompt("A list:\n").constraint(grammar).maxTokens(150));
        forgetPrefix();
        var guessed = TestStream.start(
                model,
                Generate.prompt("A list:\n").constraint(grammar).maxTokens(150).build());

        assertThat(guessed.text()).isEqualTo(expected.text()).matches("(?s)(item [0-3] is done\n)*.*");
        assertThat(guessed.completed().acceptedDraftTokens()).isPositive();
    }

    @Test
    void cancelStopsWithinTwoSteps() throws Exception {
        for (int i = 0; i < 5; i++) {
            var cancellation = new Cancellation();
            var stepsAtCancel = new CompletableFuture<Integer>();
            var failed = new CompletableFuture<WorkerFailure>();
            var sink = new StreamSink<GenerateEvent>() {
                private int tokens;

                @Override
                public void item(GenerateEvent item) {
                    tokens += item instanceof GenerateEvent.Chunk chunk ? chunk.tokens() : 0;
                    if (tokens >= 30 && !stepsAtCancel.isDone()) {
                        stepsAtCancel.complete(figure("decode_steps"));
                        cancellation.cancel();
                    }
                }

                @Override
                public void end() {
                    failed.completeExceptionally(new AssertionError("the text came to its end"));
                }

                @Override
                public void fail(WorkerFailure failure) {
                    failed.complete(failure);
                }
            };

            var handle = model.generate(
                    Generate.prompt(REPETITIVE).maxTokens(600).build(),
                    new CallContext("test", CallContext.NO_TIMEOUT, "", cancellation),
                    sink);
            handle.grant(600);

            failed.get(60, TimeUnit.SECONDS);
            assertThat(figure("decode_steps") - stepsAtCancel.join()).isLessThanOrEqualTo(2);
        }
    }

    @Test
    void draftTokensAreRefusedWhereTextsMustNotDependOnTiming() {
        assertThatThrownBy(() -> new LlamaCppBackend(new BackendSettings(
                        1, 1L << 30, 0, 4, 8, Map.of("deterministic", "true", "draft_tokens", "8"))))
                .isInstanceOf(WorkerException.class)
                .hasMessageContaining("draft_tokens");
    }
}
