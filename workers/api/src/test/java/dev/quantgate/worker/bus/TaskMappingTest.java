package dev.quantgate.worker.bus;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.quantgate.bus.v1.WireTasks;
import dev.quantgate.worker.api.ModelRef;
import dev.quantgate.worker.api.inference.TextResult;
import dev.quantgate.worker.api.inference.TextTask;
import dev.quantgate.worker.api.inference.TextTask.Pooling;
import dev.quantgate.worker.api.inference.TextTask.TextPair;
import dev.quantgate.worker.api.inference.TextTask.Truncation;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class TaskMappingTest {
    private static final ModelRef MODEL = ModelRef.of("bert", "dynamic_int8");
    private static final TextTask.Tokenize TOKENIZE = new TextTask.Tokenize(MODEL, "a b", true, true);

    static Stream<TextTask<?>> tasks() {
        var poolings = Stream.concat(
                        Stream.of(Optional.<Pooling>empty()),
                        Stream.of(Pooling.values()).map(Optional::of))
                .map(pooling -> new TextTask.Embed(MODEL, List.of("a", "b"), pooling, true, Truncation.END));
        var truncations = Stream.of(Truncation.values())
                .map(truncation -> new TextTask.Classify(
                        MODEL,
                        List.of(new TextPair("a", Optional.of("b")), new TextPair("c", Optional.empty())),
                        3,
                        truncation));
        return Stream.<Stream<? extends TextTask<?>>>of(
                        poolings,
                        truncations,
                        Stream.of(
                                new TextTask.FillMask(MODEL, List.of("a [MASK]"), 5),
                                TOKENIZE,
                                new TextTask.Detokenize(MODEL, List.of(1, -2, 300_000), true)))
                .flatMap(stream -> stream);
    }

    @ParameterizedTest
    @MethodSource("tasks")
    void tasksSurviveTheTrip(TextTask<?> task) throws Exception {
        var bytes = TaskMapping.toWire(task).toByteArray();

        assertThat(TaskMapping.fromWire(WireTasks.TextTask.parseFrom(bytes))).isEqualTo(task);
    }

    static Stream<TextResult> results() {
        var candidate = new TextResult.MaskCandidate(9, "cat", 0.5f, "a cat");
        return Stream.of(
                new TextResult.Embedded(List.of(new TextResult.Vector(new float[] {1.5f, -2f}, 3, true, 5)), 4),
                new TextResult.Classified(List.of(new TextResult.Classification(
                        List.of(new TextResult.LabelScore("pos", 0.75f)),
                        List.of(new TextResult.Entity("PER", 0.5f, 1, 4, "Eve")),
                        6,
                        true,
                        7))),
                new TextResult.Filled(List.of(List.of(List.of(candidate), List.of()), List.of())),
                new TextResult.Tokenized(List.of(1, 2), List.of("a", " b")),
                new TextResult.Detokenized("a b"));
    }

    @ParameterizedTest
    @MethodSource("results")
    void resultsSurviveTheTrip(TextResult result) throws Exception {
        var bytes = ResultMapping.toWire(result).toByteArray();

        assertThat(ResultMapping.fromWire(WireTasks.TextResult.parseFrom(bytes)))
                .usingRecursiveComparison()
                .isEqualTo(result);
    }

    @Test
    void everyTaskAndResultIsAmongTheSamples() {
        assertThat(tasks().<Class<?>>map(Object::getClass))
                .containsAll(List.of(TextTask.class.getPermittedSubclasses()));
        assertThat(results().<Class<?>>map(Object::getClass))
                .containsAll(List.of(TextResult.class.getPermittedSubclasses()));
    }

    @Test
    void anAnswerToAnotherTaskIsRefused() {
        var wire = ResultMapping.toWire(new TextResult.Detokenized("a"));

        assertThatThrownBy(() -> ResultMapping.fromWire(wire, TOKENIZE)).isInstanceOf(MappingException.class);
    }
}
