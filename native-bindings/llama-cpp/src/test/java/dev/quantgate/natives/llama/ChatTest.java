package dev.quantgate.natives.llama;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ChatTest {
    private static final String HELLO = """
            {"messages":[{"role":"system","content":"be nice"},{"role":"user","content":"hi"}]}""";
    private static final String WITH_TOOL = """
            {"messages":[{"role":"user","content":"weather in Oslo?"}],"tool_choice":"required",
             "tools":[{"type":"function","function":{"name":"weather","description":"tells the weather",
               "parameters":{"type":"object","properties":{"city":{"type":"string"}},"required":["city"]}}}]}""";

    private final ChatTemplates templates = ChatTemplates.of(TinyModel.shared());

    @AfterEach
    void close() {
        templates.close();
    }

    @Test
    void rendersTheTemplateOfTheModel() {
        assertThat(templates.source()).isEqualTo(TinyGguf.CHAT_TEMPLATE);
        assertThat(templates.render(HELLO))
                .contains(
                        "\"prompt\":\"<|im_start|>system\\nbe nice<|im_end|>\\n<|im_start|>user\\nhi<|im_end|>\\n<|im_start|>assistant\\n\"")
                .contains("\"grammar_lazy\":false");
    }

    @Test
    void leavesOutTheGenerationPromptWhenAsked() {
        String request = HELLO.replace("]}", "],\"add_generation_prompt\":false}");

        assertThat(templates.render(request)).contains("hi<|im_end|>\\n\",\"grammar\"");
    }

    @Test
    void rendersAnotherTemplate() {
        String template = "{% for m in messages %}<<{{ m.content }}>>{% endfor %}";
        try (ChatTemplates other = ChatTemplates.of(TinyModel.shared(), template)) {
            assertThat(other.render(HELLO)).contains("<<be nice>><<hi>>");
        }
    }

    @Test
    void refusesTemplatesThatAreEmptyOrWrong() {
        assertThatIllegalArgumentException().isThrownBy(() -> ChatTemplates.of(TinyModel.shared(), " "));
        assertThatExceptionOfType(LlamaException.class)
                .isThrownBy(() -> ChatTemplates.of(TinyModel.shared(), "{% for %}"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "{",
                "null",
                "[]",
                "{}",
                "{\"messages\":1}",
                "{\"messages\":[1]}",
                "{\"messages\":[{\"role\":1}]}",
                "{\"messages\":[],\"tools\":3}",
                "{\"messages\":[],\"tool_choice\":{}}",
                "{\"messages\":[],\"reasoning_format\":\"?\"}"
            })
    void badRequestsAreExceptions(String request) {
        assertThatExceptionOfType(LlamaException.class).isThrownBy(() -> templates.render(request));
    }

    @Test
    void deepRequestsNeverReachNativeCode() {
        String request = "{\"messages\":" + "[".repeat(10_000) + "]".repeat(10_000) + "}";

        assertThatIllegalArgumentException().isThrownBy(() -> templates.render(request));
    }

    @Test
    void aRequiredToolGivesAGrammarAndAParsedCall() {
        String rendered = templates.render(WITH_TOOL);

        assertThat(rendered).contains("\"grammar\":\"").contains("weather");
        try (ChatParser parser = ChatParser.of(rendered)) {
            String output = "{\"tool_call\":{\"name\":\"weather\",\"arguments\":{\"city\":\"Oslo\"}}}";
            assertThat(parser.parse(output, false)).contains("\"role\":\"assistant\"");
        }
    }

    @Test
    void plainTextParsesToAMessage() {
        try (ChatParser parser = ChatParser.of(templates.render(HELLO))) {
            assertThat(parser.parse("Hello \"you\"", false))
                    .contains("\"content\":\"Hello \\\"you\\\"\"")
                    .contains("\"role\":\"assistant\"");
        }
    }

    @Test
    void deltasAddUpToTheMessage() {
        try (ChatParser parser = ChatParser.of(templates.render(HELLO))) {
            assertThat(parser.deltas("Hel", true)).isEqualTo("[{\"content\":\"Hel\"}]");
            assertThat(parser.deltas("Hel", true)).isEqualTo("[]");
            assertThat(parser.deltas("Hello", false)).isEqualTo("[{\"content\":\"lo\"}]");
        }
    }

    @Test
    void aSchemaBecomesAGrammarThatWorks() {
        String grammar = JsonSchemaGrammar.toGrammar("""
                {"type":"object","properties":{"ok":{"type":"boolean"}},"required":["ok"],"additionalProperties":false}""");

        assertThat(grammar).contains("root ::=").contains("boolean");
        SamplingSpec spec =
                SamplingSpec.builder().grammar(GrammarSpec.of(grammar)).build();
        byte[] text = TinyModel.shared()
                .vocabulary()
                .detokenize(
                        TinyModel.generate("hello", spec, 40).stream()
                                .mapToInt(Integer::intValue)
                                .toArray(),
                        false);
        assertThat(new String(text, StandardCharsets.UTF_8)).matches("(?s)\\s*\\{\\s*\"ok\"\\s*:\\s*(true|false)?.*");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "{", "{\"type\":\"nothing\"}", "{\"$ref\":\"#/missing\"}"})
    void schemasThatCannotBeExpressedAreRefused(String schema) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> JsonSchemaGrammar.toGrammar(schema))
                .withMessageStartingWith("schema: ");
    }

    @Test
    void deepSchemasNeverReachNativeCode() {
        String schema = "{\"items\":".repeat(10_000) + "{}" + "}".repeat(10_000);

        assertThatIllegalArgumentException().isThrownBy(() -> JsonSchemaGrammar.toGrammar(schema));
    }

    @Test
    void closedObjectsRefuseEveryUse() {
        ChatParser parser = ChatParser.of(templates.render(HELLO));
        parser.close();
        templates.close();

        assertThatIllegalStateException().isThrownBy(() -> parser.parse("", false));
        assertThatIllegalStateException().isThrownBy(() -> templates.render(HELLO));
    }
}
