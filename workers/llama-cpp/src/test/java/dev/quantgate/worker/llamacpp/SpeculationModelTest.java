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
    private static final String REPETITIVE = "one two three four five six seven eight nine ten.\n".repeat(6);
    private static final String NORMAL =
            "The lighthouse keeper looked at the dark water, closed the old wooden door and began to";

    @TempDir
    private static Path folder;

    private static LlamaCppBackend backend;
    private static LoadedModel model;

    @BeforeAll
    static void load() {
        var file = Optional.ofNullable(System.getenv("QUANTGATE_TEST_MODEL"))
                .map(Path::of)
                .orElseGet(() -> TinyGguf.llama().writeTo(folder.resolve("tiny.gguf")));
        // One thread: several split the attention of single rows, and add it up in another order.
        backend = new LlamaCppBackend(new BackendSettings(1, 2L << 30, 1024, 4, 8, Map.of()));
        model = backend.load(file, new LoadOptions("model", 0), (fraction, step) -> {}, new Cancellation());
    }

    @AfterAll
    static void close() {
        backend.close();
    }

    private static TestStream plain(Generate request) throws Exception {
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
            var steps = figure("decode_steps");

            var guessed = TestStream.start(model, greedy(prompt).build());

            assertThat(guessed.text()).isEqualTo(expected);
            var end = guessed.completed();
            assertThat(end.completionTokens()).isEqualTo(120);
            assertThat(guessed.chunks().stream().mapToInt(chunk -> chunk.tokens()).sum())
                    .isEqualTo(120);
            if (prompt.equals(REPETITIVE)) {
                assertThat(end.acceptedDraftTokens()).isGreaterThan(60);
                assertThat(figure("decode_steps") - steps).isLessThan(60);
            }
        }
    }

    @Test
    void greedyTextIsTheSameInABatch() throws Exception {
        var prompts = List.of(REPETITIVE, NORMAL, REPETITIVE.replace("three", "four"), NORMAL + " sing and");
        var expected = new ArrayList<String>();
        for (var prompt : prompts) {
            expected.add(plain(greedy(prompt)).text());
        }

        var together = new ArrayList<TestStream>();
        for (var prompt : prompts) {
            together.add(TestStream.start(model, greedy(prompt).build()));
        }

        for (int i = 0; i < prompts.size(); i++) {
            assertThat(together.get(i).text()).isEqualTo(expected.get(i));
        }
    }

    @Test
    void aSeedGivesTheSameTextWithPenaltiesAndLogprobs() throws Exception {
        for (int seed = 1; seed <= 4; seed++) {
            var expected = plain(seeded(REPETITIVE, seed).logprobs(2));
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
        var guessed = TestStream.start(
                model, Generate.prompt("A list:\n").constraint(grammar).maxTokens(150).build());

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
