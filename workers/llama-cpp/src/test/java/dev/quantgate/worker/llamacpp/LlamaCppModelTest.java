package dev.quantgate.worker.llamacpp;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.quantgate.worker.api.CallContext;
import dev.quantgate.worker.api.Cancellation;
import dev.quantgate.worker.api.FailureKind;
import dev.quantgate.worker.api.ModelRef;
import dev.quantgate.worker.api.WorkerException;
import dev.quantgate.worker.api.WorkerFailure;
import dev.quantgate.worker.api.backend.BackendSettings;
import dev.quantgate.worker.api.backend.LoadOptions;
import dev.quantgate.worker.api.backend.LoadedModel;
import dev.quantgate.worker.api.inference.Constraint;
import dev.quantgate.worker.api.inference.GenerateEvent.FinishReason;
import dev.quantgate.worker.api.inference.Sampling;
import dev.quantgate.worker.api.inference.TextResult;
import dev.quantgate.worker.api.inference.TextTask;
import dev.quantgate.worker.llamacpp.gguf.TinyGguf;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(120)
class LlamaCppModelTest {
    private static final ModelRef TINY = ModelRef.of("tiny");

    @TempDir
    private static Path folder;

    private static LlamaCppBackend backend;
    private static LoadedModel model;

    @BeforeAll
    static void load() {
        var file = TinyGguf.llama().writeTo(folder.resolve("tiny.gguf"));
        backend = new LlamaCppBackend(new BackendSettings(1, 1L << 30, 0, 4, 8, Map.of()));
        model = backend.load(file, new LoadOptions("tiny", 0), (fraction, step) -> {}, new Cancellation());
    }

    @AfterAll
    static void close() {
        backend.close();
    }

    private static <R extends TextResult> R run(TextTask<R> task) throws Exception {
        return model.run(task, CallContext.of("test")).toCompletableFuture().get(30, TimeUnit.SECONDS);
    }

    private static WorkerFailure refusal(Generate request) {
        try {
            return TestStream.start(model, request.build()).failure();
        } catch (Exception e) {
            return WorkerFailure.find(e).orElseThrow();
        }
    }

    @Test
    void tokensAndUsageAddUp() throws Exception {
        var stream =
                TestStream.start(model, Generate.prompt("hello").maxTokens(12).build());

        var end = stream.completed();
        assertThat(end.reason()).isEqualTo(FinishReason.LENGTH);
        assertThat(end.completionTokens()).isEqualTo(12);
        assertThat(end.promptTokens()).isPositive();
        assertThat(stream.chunks().stream().mapToInt(chunk -> chunk.tokens()).sum())
                .isEqualTo(12);
        assertThat(end.timings().firstToken()).isPositive();
    }

    @Test
    void theSameSeedGivesTheSameTextWhateverCameBefore() throws Exception {
        for (boolean sampled : List.of(false, true)) {
            var first = TestStream.start(model, request(1, sampled).build()).text();
            TestStream.start(model, request(2, sampled).build()).completed();

            // The second time most of the prompt comes from the prefix cache.
            assertThat(TestStream.start(model, request(1, sampled).build()).text())
                    .isEqualTo(first);
        }
    }

    @Test
    void streamsThatRunTogetherLoseAndRepeatNothing() throws Exception {
        var together = new ArrayList<TestStream>();
        for (int i = 0; i < 8; i++) {
            together.add(TestStream.start(model, request(i, true).build()));
        }
        for (var stream : together) {
            assertThat(stream.completed().completionTokens()).isEqualTo(40);
            assertThat(stream.chunks().stream()
                            .mapToInt(chunk -> chunk.tokens())
                            .sum())
                    .isEqualTo(40);
        }
    }

    private static Generate request(int i, boolean sampled) {
        var request = Generate.prompt("Request number " + i + " of several").maxTokens(40);
        return sampled ? request.seed(100 + i) : request;
    }

    @Test
    void aStopStringEndsTheTextAndIsNotPartOfIt() throws Exception {
        var whole = TestStream.start(
                        model, Generate.prompt("stop").maxTokens(40).build())
                .text();
        var stop = whole.substring(10, 13);

        var stream = TestStream.start(
                model, Generate.prompt("stop").maxTokens(40).stop(stop).build());

        assertThat(stream.text()).isEqualTo(whole.substring(0, whole.indexOf(stop)));
        assertThat(stream.completed().stopMatch()).isEqualTo(stop);
        assertThat(stream.completed().reason()).isEqualTo(FinishReason.STOP);
    }

    @Test
    void logprobsAreExactAndOrdered() throws Exception {
        var stream = TestStream.start(
                model, Generate.prompt("probable").maxTokens(5).logprobs(3).build());
        stream.completed();

        var all = stream.chunks().stream()
                .flatMap(chunk -> chunk.logprobs().stream())
                .toList();
        assertThat(all).hasSize(5);
        for (var entry : all) {
            assertThat(entry.alternatives()).hasSize(3);
            assertThat(entry.alternatives().get(0).id()).isEqualTo(entry.token().id());
            assertThat(entry.alternatives().get(0).logprob())
                    .isEqualTo(entry.token().logprob())
                    .isNegative();
            assertThat(entry.alternatives().get(1).logprob())
                    .isLessThanOrEqualTo(entry.alternatives().get(0).logprob());
        }
    }

    @Test
    void aGrammarIsFollowed() throws Exception {
        var grammar = new Constraint.Grammar("root ::= \"yes\" | \"no\"");
        var stream = TestStream.start(
                model,
                Generate.prompt("answer").constraint(grammar).endsWithModel().build());

        assertThat(stream.text()).isIn("yes", "no");
        assertThat(stream.completed().reason()).isEqualTo(FinishReason.STOP);
    }

    @Test
    void aJsonSchemaIsFollowed() throws Exception {
        var schema = new Constraint.JsonSchema(
                "{\"type\":\"object\",\"properties\":{\"n\":{\"enum\":[1,2]}},\"required\":[\"n\"],"
                        + "\"additionalProperties\":false}");
        var text = TestStream.start(
                        model,
                        Generate.prompt("json")
                                .constraint(schema)
                                .endsWithModel()
                                .maxTokens(64)
                                .build())
                .text();

        assertThat(text).matches("(?s)\\{\\s*\"n\"\\s*:\\s*[12]\\s*\\}");
    }

    @Test
    void wrongGrammarsAreRefusedByName() {
        assertThat(refusal(Generate.prompt("x").constraint(new Constraint.Grammar("root := oops"))))
                .satisfies(failure -> {
                    assertThat(failure.kind()).isEqualTo(FailureKind.INVALID_REQUEST);
                    assertThat(failure.field()).isEqualTo("sampling.grammar");
                });
        var deep = "root ::= " + "(".repeat(10_000) + "\"a\"" + ")".repeat(10_000);
        assertThat(refusal(Generate.prompt("x").constraint(new Constraint.Grammar(deep)))
                        .kind())
                .isEqualTo(FailureKind.INVALID_REQUEST);
        var schema = new Constraint.JsonSchema("{\"type\":");
        assertThat(refusal(Generate.prompt("x").constraint(schema)).field()).isEqualTo("sampling.json_schema");
        var nested = new Constraint.JsonSchema("{\"items\":".repeat(5000) + "{}" + "}".repeat(5000));
        assertThat(refusal(Generate.prompt("x").constraint(nested)).field()).isEqualTo("sampling.json_schema");
    }

    @Test
    void anUnknownTokenInTheLogitBiasIsNamed() {
        var failure = refusal(Generate.prompt("x").logitBias(Map.of(512, 1f)));

        assertThat(failure.kind()).isEqualTo(FailureKind.INVALID_REQUEST);
        assertThat(failure.field()).isEqualTo("sampling.logit_bias[512]");
    }

    @Test
    void logitBiasForcesAToken() throws Exception {
        var end = TestStream.start(
                model,
                Generate.prompt("x")
                        .logitBias(Map.of(400, 100f))
                        .maxTokens(4)
                        .logprobs(0)
                        .build());
        end.completed();

        assertThat(end.chunks().stream().flatMap(chunk -> chunk.logprobs().stream()))
                .allSatisfy(entry -> assertThat(entry.token().id()).isEqualTo(400));
    }

    @Test
    void aPromptLongerThanTheContextIsRefusedOrShifted() throws Exception {
        var failure = refusal(Generate.prompt("a b ".repeat(400)));
        assertThat(failure.kind()).isEqualTo(FailureKind.INVALID_REQUEST);
        assertThat(failure.field()).isEqualTo("prompt");

        var shifted = TestStream.start(
                model,
                Generate.prompt("a b ".repeat(400)).shift().maxTokens(600).build());
        assertThat(shifted.completed().completionTokens()).isEqualTo(600);
    }

    @Test
    void aFullContextEndsTheText() throws Exception {
        var stream = TestStream.start(model, Generate.prompt("go").maxTokens(0).build());
        var end = stream.completed();

        assertThat(end.promptTokens() + end.completionTokens()).isEqualTo(512);
        assertThat(end.reason()).isEqualTo(FinishReason.LENGTH);
    }

    @Test
    void chunksHoldOnlyWholeCharacters() throws Exception {
        // The tiny model knows all bytes as tokens, and at this temperature draws them all.
        var sampling = new Sampling(10f, 0, 1f, 0f, 1f, 1f, 0f, 0f, 0, OptionalInt.of(3), Map.of(), Constraint.NONE);
        var stream = TestStream.start(
                model, Generate.prompt("x").sampling(sampling).maxTokens(300).build());
        stream.completed();

        for (var chunk : stream.chunks()) {
            assertThat(chunk.text()).isEqualTo(new String(chunk.text().getBytes(UTF_8), UTF_8));
        }
    }

    @Test
    void aStreamWithoutCreditStopsAndGoesOn() throws Exception {
        var stream = new TestStream()
                .withoutCredit()
                .run(model, Generate.prompt("credit").maxTokens(200).build(), CallContext.NO_TIMEOUT);
        stream.awaitFirstItem();
        var other =
                TestStream.start(model, Generate.prompt("other").maxTokens(200).build());
        other.completed();

        assertThat(stream.chunks().size()).isLessThanOrEqualTo(64);
        stream.handle().grant(1000);
        assertThat(stream.completed().completionTokens()).isEqualTo(200);
    }

    @Test
    void cancellingEndsAStreamAtEveryStage() throws Exception {
        var running =
                TestStream.start(model, Generate.prompt("run").maxTokens(500).build());
        running.awaitFirstItem();
        running.handle().cancel();
        assertThat(running.failure().kind()).isEqualTo(FailureKind.CANCELLED);

        var early = new TestStream();
        early.cancellation().cancel();
        early.run(model, Generate.prompt("early").build(), CallContext.NO_TIMEOUT);
        assertThat(early.failure().kind()).isEqualTo(FailureKind.CANCELLED);
    }

    @Test
    void aDeadlineThatHasPassedIsRefusedAndOneThatPassesEndsTheStream() throws Exception {
        assertThatThrownBy(() ->
                        new TestStream().run(model, Generate.prompt("late").build(), Duration.ZERO))
                .isInstanceOfSatisfying(
                        WorkerException.class,
                        e -> assertThat(e.failure().kind()).isEqualTo(FailureKind.DEADLINE_EXCEEDED));

        var stream = new TestStream()
                .withoutCredit()
                .run(model, Generate.prompt("late").maxTokens(400).build(), Duration.ofMillis(300));
        assertThat(stream.failure().kind()).isEqualTo(FailureKind.DEADLINE_EXCEEDED);
    }

    @Test
    void aFullQueueIsRefusedWithAHint() throws Exception {
        var streams = new ArrayList<TestStream>();
        for (int i = 0; i < 12; i++) {
            streams.add(new TestStream()
                    .withoutCredit()
                    .run(model, Generate.prompt("queue").maxTokens(300).build(), CallContext.NO_TIMEOUT));
        }

        var failure = refusal(Generate.prompt("one too many"));

        assertThat(failure.kind()).isEqualTo(FailureKind.QUEUE_FULL);
        assertThat(failure.retryAfter()).isPositive();
        streams.forEach(stream -> stream.handle().cancel());
        for (var stream : streams) {
            assertThat(stream.failure().kind()).isEqualTo(FailureKind.CANCELLED);
        }
    }

    @Test
    void aSharedPrefixIsComputedOnce() throws Exception {
        var system = "You are a careful assistant who answers in few words. ".repeat(3);
        TestStream.start(model, Generate.prompt(system + "one").maxTokens(2).build())
                .completed();

        var second = TestStream.start(
                        model, Generate.prompt(system + "two").maxTokens(2).build())
                .completed();

        assertThat(second.cachedTokens()).isGreaterThan(second.promptTokens() / 2);
        assertThat(model.statistics().get("prefix_hit_tokens")).isPositive();
    }

    @Test
    void aChatIsRendered() throws Exception {
        var stream = TestStream.start(model, Generate.chat("hello").maxTokens(5).build());

        assertThat(stream.completed().completionTokens()).isEqualTo(5);
    }

    @Test
    void textsBecomeTokensAndBack() throws Exception {
        var tokens =
                run(new TextTask.Tokenize(TINY, "hello wörld", false, false)).tokens();
        var text = run(new TextTask.Detokenize(TINY, tokens, false)).text();

        assertThat(text.strip()).isEqualTo("hello wörld");
        assertThatThrownBy(() -> run(new TextTask.Detokenize(TINY, List.of(1, 9999), false)))
                .hasMessageContaining("9999");
    }

    @Test
    void textsBecomeVectors() throws Exception {
        var inputs = List.of("one text", "another text", "one text");
        var result = run(new TextTask.Embed(TINY, inputs, Optional.empty(), true, TextTask.Truncation.ERROR));

        assertThat(result.vectors()).hasSize(3);
        var first = result.vectors().get(0).values();
        var squares = 0.0;
        for (var value : first) {
            squares += value * value;
        }
        assertThat(squares).isCloseTo(1, within(1e-4));
        assertThat(result.vectors().get(2).values()).containsExactly(first, within(1e-4f));
        assertThat(result.vectors().get(1).values()).isNotEqualTo(first);
    }

    @Test
    void aLongTextIsRefusedCutOrSplit() throws Exception {
        var longText = List.of("many words ".repeat(200));
        assertThatThrownBy(() ->
                        run(new TextTask.Embed(TINY, longText, Optional.empty(), true, TextTask.Truncation.ERROR)))
                .hasMessageContaining("at most 512");
        for (var truncation : List.of(TextTask.Truncation.END, TextTask.Truncation.SLIDING_WINDOW)) {
            var vector = run(new TextTask.Embed(TINY, longText, Optional.of(TextTask.Pooling.LAST), true, truncation))
                    .vectors()
                    .get(0);
            assertThat(vector.truncated()).isTrue();
        }
    }

    @Test
    void classifyingIsUnsupported() {
        var task = new TextTask.FillMask(TINY, List.of("a [MASK]"), 1);

        assertThatThrownBy(() -> run(task))
                .hasRootCauseInstanceOf(WorkerException.class)
                .hasMessageContaining("encoder");
    }
}
