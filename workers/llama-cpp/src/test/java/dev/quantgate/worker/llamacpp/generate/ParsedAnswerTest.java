package dev.quantgate.worker.llamacpp.generate;

import static org.assertj.core.api.Assertions.assertThat;

import dev.quantgate.natives.llama.LlamaModel;
import dev.quantgate.natives.llama.LoadProgress;
import dev.quantgate.natives.llama.ModelOptions;
import dev.quantgate.worker.api.inference.ChatMessage;
import dev.quantgate.worker.api.inference.Constraint;
import dev.quantgate.worker.api.inference.GenerationInput.Conversation;
import dev.quantgate.worker.api.inference.Tool;
import dev.quantgate.worker.api.inference.ToolCall;
import dev.quantgate.worker.llamacpp.gguf.TinyGguf;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class ParsedAnswerTest {
    private static final String WORDS = "Let me look.\n";
    private static final String ARGUMENTS = "{\"city\": \"Oslo\", \"days\": 12}";
    private static final String CALL = "{\"name\": \"weather\", \"arguments\": " + ARGUMENTS + "}\n</tool_call>";

    @TempDir
    private static Path folder;

    private static LlamaModel model;
    private static ChatRendering chats;

    /** All that an answer gave. */
    private record Said(String text, List<ToolCall> calls) {}

    @BeforeAll
    static void open() {
        var file = TinyGguf.llama().writeTo(folder.resolve("tiny.gguf"));
        model = LlamaModel.open(file, ModelOptions.defaults(), LoadProgress.NONE);
        chats = new ChatRendering(model);
    }

    @AfterAll
    static void close() {
        chats.close();
        model.close();
    }

    private static Said read(String toolChoice, String output, boolean whole) {
        var schema =
                "{\"type\":\"object\",\"properties\":{\"city\":{\"type\":\"string\"},\"days\":{\"type\":\"integer\"}},"
                        + "\"required\":[\"city\",\"days\"]}";
        var conversation = new Conversation(
                List.of(ChatMessage.of("user", "weather?")),
                List.of(new Tool("weather", "tells it", schema)),
                toolChoice,
                false);
        var text = new StringBuilder();
        var calls = new ArrayList<ToolCall>();
        try (var answer = new ParsedAnswer(chats.parser(chats.render(conversation, Constraint.NONE)))) {
            for (int i = 0; i < output.length(); i++) {
                text.append(answer.push(output.substring(i, i + 1)).text());
            }
            var rest = answer.finish(whole);
            text.append(rest.text());
            calls.addAll(rest.toolCalls());
            assertThat(answer.calledTools()).isEqualTo(!calls.isEmpty());
        }
        return new Said(text.toString(), calls);
    }

    @Test
    void aCallThatIsCutOffAnywhereIsLeftOutUntilItsArgumentsAreWhole() {
        var weather = List.of(new ToolCall("call_0", "weather", ARGUMENTS));
        var output = WORDS + "<tool_call>\n" + CALL;
        for (int end = 0; end <= output.length(); end++) {
            var said = read("auto", output.substring(0, end), false);
            assertThat(said.calls()).isEqualTo(end < argumentsEnd(output) ? List.of() : weather);
            assertThat(WORDS).startsWith(said.text());
        }
        for (int end = 0; end <= CALL.length(); end++) {
            var said = read("required", CALL.substring(0, end), false);
            assertThat(said).isEqualTo(new Said("", end < argumentsEnd(CALL) ? List.of() : weather));
        }
    }

    private static int argumentsEnd(String output) {
        return output.indexOf(ARGUMENTS) + ARGUMENTS.length();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "words",
                "<tool_call>",
                "<tool_call>\n{\"name\": 5}\n</tool_call>",
                "<tool_call>\n{\"name\": \"other\", \"arguments\": {}}\n</tool_call>",
                "<tool_call>\n[1, 2",
                "</tool_call>",
                "{\"name\": \"weather\", \"arguments\": {\"city\": \"\ufffd\\u12"
            })
    void whatIsNoCallOfAKnownToolIsNone(String output) {
        for (var choice : List.of("auto", "required")) {
            for (var whole : List.of(true, false)) {
                assertThat(read(choice, output, whole).calls()).isEmpty();
            }
        }
    }
}
