package dev.quantgate.worker.llamacpp;

import static org.assertj.core.api.Assertions.assertThat;

import dev.quantgate.worker.api.Cancellation;
import dev.quantgate.worker.api.FailureKind;
import dev.quantgate.worker.api.WorkerFailure;
import dev.quantgate.worker.api.backend.BackendSettings;
import dev.quantgate.worker.api.backend.LoadOptions;
import dev.quantgate.worker.api.backend.LoadedModel;
import dev.quantgate.worker.api.inference.Constraint;
import dev.quantgate.worker.llamacpp.gguf.TinyGguf;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Schemas that are recursive, huge, unsatisfiable or wrong: none may end the process, hang, or take the others with it. */
@Timeout(60)
final class SchemaTest {
    @TempDir
    private static Path folder;

    private static LlamaCppBackend backend;
    private static LoadedModel model;

    @BeforeAll
    static void load() {
        var file = TinyGguf.llama().writeTo(folder.resolve("tiny.gguf"));
        backend = new LlamaCppBackend(new BackendSettings(1, 1L << 30, 0, 2, 8, Map.of()));
        model = backend.load(file, new LoadOptions("tiny", 0), (fraction, step) -> {}, new Cancellation());
    }

    @AfterAll
    static void close() {
        backend.close();
    }

    /** How a request with this constraint ends: with text, or with a planned failure. */
    private static Optional<WorkerFailure> outcome(Constraint constraint) throws Exception {
        var request =
                Generate.prompt("x").constraint(constraint).endsWithModel().maxTokens(12);
        try {
            TestStream.start(model, request.build()).completed();
            return Optional.empty();
        } catch (Exception failed) {
            return Optional.of(WorkerFailure.find(failed).orElseThrow(() -> failed));
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{\"$defs\":{\"n\":{\"type\":\"object\",\"properties\":{\"n\":{\"$ref\":\"#/$defs/n\"}},\"required\":[\"n\"]}},"
                        + "\"$ref\":\"#/$defs/n\"}",
            })
    void aRecursiveSchemaIsFollowed(String schema) throws Exception {
        assertThat(outcome(new Constraint.JsonSchema(schema))).isEmpty();
    }

    static List<String> hostile() {
        var options = IntStream.range(0, 4000).mapToObj(i -> "\"v" + i + "\"").collect(Collectors.joining(","));
        var fields = IntStream.range(0, 1500)
                .mapToObj(i -> "\"p" + i + "\":{\"type\":\"string\"}")
                .collect(Collectors.joining(","));
        var doubling = new StringBuilder("{\"$defs\":{\"d0\":{\"type\":\"string\"}");
        for (int i = 1; i < 30; i++) {
            var below = "{\"$ref\":\"#/$defs/d" + (i - 1) + "\"}";
            doubling.append(",\"d" + i + "\":{\"allOf\":[" + below + "," + below + "]}");
        }
        return List.of(
                // The engine follows references to definitions, but none to the whole document.
                "{\"type\":\"object\",\"properties\":{\"v\":{\"type\":\"integer\"},\"next\":{\"$ref\":\"#\"}},\"required\":[\"v\"]}",
                "{\"anyOf\":[{\"type\":\"string\"},{\"type\":\"array\",\"items\":{\"$ref\":\"#\"}}]}",
                "{\"$ref\":\"#\"}",
                "{\"allOf\":[{\"$ref\":\"#\"}]}",
                "{\"anyOf\":[{\"$ref\":\"#\"}]}",
                "{\"$defs\":{\"a\":{\"allOf\":[{\"$ref\":\"#/$defs/b\"}]},\"b\":{\"allOf\":[{\"$ref\":\"#/$defs/a\"}]}},"
                        + "\"allOf\":[{\"$ref\":\"#/$defs/a\"}]}",
                doubling + "},\"allOf\":[{\"$ref\":\"#/$defs/d29\"}]}",
                "{\"type\":\"string\",\"minLength\":1000000000}",
                "{\"type\":\"string\",\"minLength\":5,\"maxLength\":2}",
                "{\"type\":\"array\",\"items\":{\"type\":\"string\"},\"minItems\":1000000000}",
                "{\"type\":\"array\",\"items\":{\"type\":\"array\",\"items\":{\"type\":\"array\",\"items\":{},\"minItems\":1000},"
                        + "\"minItems\":1000},\"minItems\":1000}",
                "{\"type\":\"integer\",\"minimum\":5,\"maximum\":2}",
                "{\"type\":\"integer\",\"minimum\":1.5,\"maximum\":1e400}",
                "{\"type\":\"integer\",\"minimum\":\"x\"}",
                "{\"type\":\"string\",\"pattern\":\"^(((a{1000}){1000}){1000})$\"}",
                "{\"type\":\"string\",\"pattern\":\"^" + "(".repeat(20_000) + "a" + ")".repeat(20_000) + "$\"}",
                "{\"type\":\"string\",\"pattern\":\"^[a$\"}",
                "{\"enum\":[]}",
                "{\"enum\":[" + options + "]}",
                "{\"type\":\"object\",\"properties\":{" + fields + "}}",
                "{\"not\":{}}",
                "false",
                "5",
                "null",
                "{\"type\":\"object\",\"properties\":{\"a\":false},\"required\":[\"a\"]}",
                "{\"type\":\"object\",\"properties\":[1]}",
                "{\"type\":\"object\",\"required\":\"a\",\"properties\":{\"a\":{}}}",
                "{\"type\":[]}",
                "{\"$ref\":5}",
                "{\"$ref\":\"https://example.com/schema.json\"}",
                "{\"items\":".repeat(100) + "{}" + "}".repeat(100));
    }

    @ParameterizedTest
    @MethodSource("hostile")
    void aHostileSchemaIsRefusedByNameOrFollowed(String schema) throws Exception {
        outcome(new Constraint.JsonSchema(schema)).ifPresent(failure -> {
            assertThat(failure.kind()).isEqualTo(FailureKind.INVALID_REQUEST);
            // What nothing satisfies is found out only when no token is left.
            assertThat(failure.field()).isIn("sampling.json_schema", "sampling");
            assertThat(failure.message()).hasSizeLessThan(400);
        });

        assertThat(outcome(Constraint.NONE)).isEmpty();
    }

    @Test
    void whatIsWrongIsOneLineThatRepeatsNothing() throws Exception {
        for (var schema : List.of("{\"type\":\"nothing\"}", "{\"$ref\":\"#/missing\"}")) {
            assertThat(outcome(new Constraint.JsonSchema(schema)).orElseThrow().message())
                    .doesNotStartWith("schema")
                    .doesNotContain("conversion failed", "\n")
                    .containsOnlyOnce("(expected: ");
        }
        var rules = "a ::= b\n".repeat(5000);
        assertThat(outcome(new Constraint.Grammar(rules)).orElseThrow().message())
                .doesNotStartWith("grammar")
                .containsOnlyOnce("(expected: ");
    }
}
