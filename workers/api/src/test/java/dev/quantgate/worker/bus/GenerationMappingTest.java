package dev.quantgate.worker.bus;

import static org.assertj.core.api.Assertions.assertThat;

import dev.quantgate.bus.v1.WireBus;
import dev.quantgate.bus.v1.WireGeneration;
import dev.quantgate.worker.api.ModelRef;
import dev.quantgate.worker.api.OperationKind;
import dev.quantgate.worker.api.OperationState;
import dev.quantgate.worker.api.inference.ChatMessage;
import dev.quantgate.worker.api.inference.Constraint;
import dev.quantgate.worker.api.inference.GenerateEvent;
import dev.quantgate.worker.api.inference.GenerateEvent.FinishReason;
import dev.quantgate.worker.api.inference.GenerateRequest;
import dev.quantgate.worker.api.inference.GenerationInput;
import dev.quantgate.worker.api.inference.GenerationOptions;
import dev.quantgate.worker.api.inference.Sampling;
import dev.quantgate.worker.api.inference.Speculation;
import dev.quantgate.worker.api.inference.Tool;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

class GenerationMappingTest {
    private static final GenerationInput PROMPT = new GenerationInput.Prompt("Hello €", true);
    private static final GenerationInput CONVERSATION = new GenerationInput.Conversation(
            List.of(
                    new ChatMessage("assistant", "", "hm", List.of(Samples.TOOL_CALL), ""),
                    new ChatMessage("tool", "12 °C", "", List.of(), "call-1")),
            List.of(new Tool("weather", "tells the weather", "{\"type\":\"object\"}")),
            "required",
            true);
    private static final GenerationOptions OPTIONS =
            new GenerationOptions(7, List.of("a", "b"), OptionalInt.of(0), true, -3, true, Speculation.OFF);

    static Stream<GenerateRequest> requests() {
        var model = ModelRef.of("smol", "Q8_0");
        return Stream.of(
                new GenerateRequest(model, PROMPT, sampling(Constraint.NONE), OPTIONS),
                new GenerateRequest(model, CONVERSATION, sampling(new Constraint.Grammar("root ::= \"a\"")), OPTIONS),
                new GenerateRequest(
                        model, PROMPT, sampling(new Constraint.JsonSchema("{}")), GenerationOptions.DEFAULT),
                new GenerateRequest(model, PROMPT, Sampling.DEFAULT, GenerationOptions.DEFAULT),
                Samples.REQUEST);
    }

    @ParameterizedTest
    @MethodSource("requests")
    void requestsSurviveTheTrip(GenerateRequest request) throws Exception {
        var bytes = GenerationMapping.toWire(request).toByteArray();

        assertThat(GenerationMapping.fromWire(WireGeneration.GenerateRequest.parseFrom(bytes)))
                .isEqualTo(request);
    }

    @Test
    void everyInputAndConstraintIsAmongTheSamples() {
        assertThat(requests().<Class<?>>map(request -> request.input().getClass()))
                .containsAll(List.of(GenerationInput.class.getPermittedSubclasses()));
        assertThat(requests()
                        .<Class<?>>map(
                                request -> request.sampling().constraint().getClass()))
                .containsAll(List.of(Constraint.class.getPermittedSubclasses()));
    }

    static Stream<GenerateEvent> events() {
        return Stream.concat(
                Stream.of(Samples.chunk(), GenerateEvent.Chunk.of("", 0)),
                Stream.of(FinishReason.values()).map(Samples::completed));
    }

    @ParameterizedTest
    @MethodSource("events")
    void eventsSurviveTheTrip(GenerateEvent event) throws Exception {
        var bytes = ItemMapping.toWire(event).toByteArray();

        assertThat(ItemMapping.eventFromWire(WireBus.Item.parseFrom(bytes))).isEqualTo(event);
    }

    @Test
    void everyEventIsAmongTheSamples() {
        assertThat(events().<Class<?>>map(Object::getClass))
                .containsAll(List.of(GenerateEvent.class.getPermittedSubclasses()));
    }

    @ParameterizedTest
    @EnumSource(OperationState.class)
    void watchedOperationsSurviveTheTrip(OperationState state) throws Exception {
        var operation = Samples.operation(OperationKind.IMPORT, state);

        var bytes = ItemMapping.toWire(operation).toByteArray();

        assertThat(ItemMapping.operationFromWire(WireBus.Item.parseFrom(bytes))).isEqualTo(operation);
    }

    private static Sampling sampling(Constraint constraint) {
        return new Sampling(
                1.5f,
                7,
                0.5f,
                0.25f,
                0.75f,
                1.25f,
                -1f,
                2f,
                -1,
                OptionalInt.of(-1),
                Map.of(5, -100f, 6, 3.5f),
                constraint);
    }
}
