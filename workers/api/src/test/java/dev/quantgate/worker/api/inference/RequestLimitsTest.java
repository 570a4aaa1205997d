package dev.quantgate.worker.api.inference;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.quantgate.worker.api.FailureKind;
import dev.quantgate.worker.api.ModelRef;
import dev.quantgate.worker.api.WorkerFailure;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class RequestLimitsTest {
    private static final ModelRef MODEL = ModelRef.of("smol");

    static Stream<Arguments> refusals() {
        return Stream.of(
                refusal("sampling.temperature", () -> floats(-0.1f, 1, 0, 1, 1, 0, 0)),
                refusal("sampling.temperature", () -> floats(Float.NaN, 1, 0, 1, 1, 0, 0)),
                refusal("sampling.temperature", () -> floats(Float.POSITIVE_INFINITY, 1, 0, 1, 1, 0, 0)),
                refusal("sampling.top_p", () -> floats(1, 0, 0, 1, 1, 0, 0)),
                refusal("sampling.top_p", () -> floats(1, 1.01f, 0, 1, 1, 0, 0)),
                refusal("sampling.min_p", () -> floats(1, 1, 1.01f, 1, 1, 0, 0)),
                refusal("sampling.typical_p", () -> floats(1, 1, 0, 0, 1, 0, 0)),
                refusal("sampling.repetition_penalty", () -> floats(1, 1, 0, 1, 0, 0, 0)),
                refusal("sampling.presence_penalty", () -> floats(1, 1, 0, 1, 1, 2.1f, 0)),
                refusal("sampling.frequency_penalty", () -> floats(1, 1, 0, 1, 1, 0, -2.1f)),
                refusal("sampling.top_k", () -> sampling(-1, 0, Map.of())),
                refusal("sampling.penalty_last_n", () -> sampling(0, -2, Map.of())),
                refusal("sampling.logit_bias[7]", () -> sampling(0, 0, Map.of(7, 100.5f))),
                refusal("sampling.logit_bias", () -> sampling(0, 0, biases(1025))),
                refusal("sampling.grammar", () -> new Constraint.Grammar(" ")),
                refusal("sampling.grammar", () -> new Constraint.Grammar("x".repeat(64 * 1024 + 1))),
                refusal("sampling.json_schema", () -> new Constraint.JsonSchema("€".repeat(22_000))),
                refusal("options.max_tokens", () -> options(-1, List.of(), OptionalInt.empty(), 0)),
                refusal("options.stop", () -> options(0, Collections.nCopies(17, "x"), OptionalInt.empty(), 0)),
                refusal("options.stop[1]", () -> options(0, List.of("x", ""), OptionalInt.empty(), 0)),
                refusal("options.stop[0]", () -> options(0, List.of("x".repeat(257)), OptionalInt.empty(), 0)),
                refusal("options.logprobs", () -> options(0, List.of(), OptionalInt.of(21), 0)),
                refusal("options.priority", () -> options(0, List.of(), OptionalInt.empty(), 11)),
                refusal("prompt", () -> new GenerationInput.Prompt("", false)),
                refusal("messages", () -> conversation(0, 0, "")),
                refusal("messages", () -> conversation(1001, 0, "")),
                refusal("tools", () -> conversation(1, 129, "")),
                refusal("tool_choice", () -> conversation(1, 1, "maybe")),
                refusal("tool_choice", () -> conversation(1, 0, "required")),
                refusal("messages.role", () -> ChatMessage.of("robot", "hi")),
                refusal("tools.name", () -> new Tool("a b", "", "")),
                refusal("tools.parameters_json_schema", () -> new Tool("a", "", "x".repeat(64 * 1024 + 1))),
                refusal("inputs", () -> embed(List.of())),
                refusal("inputs", () -> embed(Collections.nCopies(2049, "x"))),
                refusal("inputs[1]", () -> embed(List.of("x", ""))),
                refusal("top_k", () -> new TextTask.FillMask(MODEL, List.of("x"), 0)),
                refusal("top_k", () -> new TextTask.FillMask(MODEL, List.of("x"), 101)));
    }

    @ParameterizedTest(name = "{0} ({index})")
    @MethodSource("refusals")
    void valuesOutOfRangeAreRefusedByField(String field, ThrowingCallable construction) {
        var failure = WorkerFailure.find(catchThrowable(construction));

        assertThat(failure).map(WorkerFailure::kind).contains(FailureKind.INVALID_REQUEST);
        assertThat(failure).map(WorkerFailure::field).contains(field);
        assertThat(failure.orElseThrow().message()).contains("(expected: ");
    }

    @Test
    void valuesAtTheEdgesAreAccepted() {
        assertThatCode(() -> {
                    floats(0, Float.MIN_VALUE, 1, 1, 10, -2, 2);
                    floats(100, 1, 0, 1, 10, 2, -2);
                    sampling(0, -1, biases(1024));
                    new Constraint.Grammar("x".repeat(64 * 1024));
                    options(0, Collections.nCopies(16, "x".repeat(256)), OptionalInt.of(20), -10);
                    conversation(1000, 128, "required");
                    embed(Collections.nCopies(2048, "x"));
                    new TextTask.FillMask(MODEL, List.of("x"), 100);
                })
                .doesNotThrowAnyException();
    }

    private static Arguments refusal(String field, ThrowingCallable construction) {
        return Arguments.of(field, construction);
    }

    private static Sampling floats(
            float temperature,
            float topP,
            float minP,
            float typicalP,
            float repetition,
            float presence,
            float frequency) {
        return new Sampling(
                temperature,
                0,
                topP,
                minP,
                typicalP,
                repetition,
                presence,
                frequency,
                0,
                OptionalInt.empty(),
                Map.of(),
                Constraint.NONE);
    }

    private static Sampling sampling(int topK, int lastN, Map<Integer, Float> biases) {
        return new Sampling(1, topK, 1, 0, 1, 1, 0, 0, lastN, OptionalInt.empty(), biases, Constraint.NONE);
    }

    private static Map<Integer, Float> biases(int count) {
        return IntStream.range(0, count).boxed().collect(Collectors.toMap(i -> i, i -> 1f));
    }

    private static GenerationOptions options(int maxTokens, List<String> stop, OptionalInt logprobs, int priority) {
        return new GenerationOptions(maxTokens, stop, logprobs, false, priority, false, Speculation.AUTO);
    }

    private static GenerationInput conversation(int messages, int tools, String choice) {
        return new GenerationInput.Conversation(
                Collections.nCopies(messages, ChatMessage.of("user", "hi")),
                Collections.nCopies(tools, new Tool("a", "", "")),
                choice,
                false);
    }

    private static TextTask<?> embed(List<String> inputs) {
        return new TextTask.Embed(MODEL, inputs, Optional.empty(), true, TextTask.Truncation.ERROR);
    }
}
