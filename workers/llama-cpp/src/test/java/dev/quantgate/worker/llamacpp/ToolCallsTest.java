package dev.quantgate.worker.llamacpp;

import static org.assertj.core.api.Assertions.assertThat;

import dev.quantgate.worker.api.Cancellation;
import dev.quantgate.worker.api.FailureKind;
import dev.quantgate.worker.api.backend.BackendSettings;
import dev.quantgate.worker.api.backend.LoadOptions;
import dev.quantgate.worker.api.backend.LoadedModel;
import dev.quantgate.worker.api.inference.ChatMessage;
import dev.quantgate.worker.api.inference.Constraint;
import dev.quantgate.worker.api.inference.GenerateEvent.FinishReason;
import dev.quantgate.worker.api.inference.GenerationInput.Conversation;
import dev.quantgate.worker.api.inference.Sampling;
import dev.quantgate.worker.api.inference.Tool;
import dev.quantgate.worker.api.inference.ToolCall;
import dev.quantgate.worker.llamacpp.gguf.GgufBytes;
import dev.quantgate.worker.llamacpp.gguf.TinyGguf;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.OptionalInt;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * Tools with a model that has a ChatML template and a SentencePiece vocabulary, whose tokenizer adds a space behind control
 * tokens.
 */
@Timeout(120)
final class ToolCallsTest {
    private static final int FIRST_BYTE_TOKEN = 3;
    private static final ToolCall OSLO = new ToolCall("call_0", "weather", "{\"city\":\"Oslo\"}");
    private static final String CITIES = "{\"type\":\"object\",\"properties\":{\"city\":{\"enum\":[\"Oslo\"]}},"
            + "\"required\":[\"city\"],\"additionalProperties\":false}";

    private static final int END_OF_TEXT = 2;

    /** As bytes, as letters, and as a pair. */
    private static final List<Integer> SPACES_AND_COMMAS =
            List.of(byteToken('\t'), byteToken('\n'), byteToken('\r'), byteToken(' '), 261, 335, byteToken(','), 325);

    @TempDir
    private static Path folder;

    private static LlamaCppBackend backend;

    /** Its template leaves tools out, so ours is used. */
    private static LoadedModel model;

    @BeforeAll
    static void load() {
        backend = new LlamaCppBackend(new BackendSettings(1, 1L << 30, 1024, 4, 8, Map.of()));
        model = load("tiny", tiny());
    }

    @AfterAll
    static void close() {
        backend.close();
    }

    private static int byteToken(int value) {
        return FIRST_BYTE_TOKEN + value;
    }

    private static GgufBytes tiny() {
        return TinyGguf.llama().contextTokens(1024).file();
    }

    private static LoadedModel load(String name, GgufBytes bytes) {
        var file = bytes.writeTo(folder.resolve(name + ".gguf"));
        return backend.load(file, new LoadOptions(name, 0), (fraction, step) -> {}, new Cancellation());
    }

    /** Ends the text where the grammar lets it, and writes spaces and commas only where that wants them. */
    private static Map<Integer, Float> brief() {
        var bias = new HashMap<Integer, Float>();
        SPACES_AND_COMMAS.forEach(token -> bias.put(token, -100f));
        bias.put(END_OF_TEXT, 100f);
        return bias;
    }

    private static Generate ask(String toolChoice, Constraint constraint) {
        var tools = List.of(new Tool("weather", "tells the weather", CITIES));
        return Generate.chat(new Conversation(List.of(ChatMessage.of("user", "Oslo?")), tools, toolChoice, false))
                .sampling(new Sampling(0f, 0, 1f, 0f, 1f, 1f, 0f, 0f, 0, OptionalInt.of(0), brief(), constraint))
                .endsWithModel()
                .maxTokens(100);
    }

    private static List<ToolCall> calls(TestStream stream) {
        return stream.chunks().stream()
                .flatMap(chunk -> chunk.toolCalls().stream())
                .toList();
    }

    @Test
    void aRequiredToolIsCalled() throws Exception {
        var stream = TestStream.start(model, ask("required", Constraint.NONE).build());

        assertThat(stream.completed().reason()).isEqualTo(FinishReason.TOOL_CALLS);
        assertThat(calls(stream)).containsExactly(OSLO);
        assertThat(stream.text()).isEmpty();
    }

    @Test
    void aRequiredToolIsNoFailureWithATemplateThatHasTools() throws Exception {
        String template;
        try (var stream = LlamaCppBackend.class.getResourceAsStream("generate/chatml-tools.jinja")) {
            template = new String(
                    Objects.requireNonNull(stream, "chatml-tools.jinja").readAllBytes(), StandardCharsets.UTF_8);
        }
        var ownTools = load("own", tiny().string("tokenizer.chat_template", template));

        // Words may come before the call, and this model never gets past them.
        assertThat(TestStream.start(ownTools, ask("required", Constraint.NONE).build())
                        .completed()
                        .reason())
                .isEqualTo(FinishReason.LENGTH);
    }

    @Test
    void aSchemaHoldsBesideToolsThatAreNotCalled() throws Exception {
        var stream = TestStream.start(
                model, ask("none", new Constraint.JsonSchema(CITIES)).build());

        assertThat(stream.text()).isEqualTo(OSLO.argumentsJson());
        assertThat(stream.completed().reason()).isEqualTo(FinishReason.STOP);
    }

    @Test
    void aCallThatIsCutOffEndsInLengthAndIsLeftOut() throws Exception {
        var whole = TestStream.start(model, ask("required", Constraint.NONE).build())
                .completed()
                .completionTokens();
        for (int tokens = 1; tokens < whole; tokens++) {
            var stream = TestStream.start(
                    model, ask("required", Constraint.NONE).maxTokens(tokens).build());

            assertThat(stream.completed().reason()).isEqualTo(FinishReason.LENGTH);
            assertThat(stream.completed().completionTokens()).isEqualTo(tokens);
            assertThat(calls(stream)).isIn(List.of(), List.of(OSLO));
            assertThat(stream.text()).isEmpty();
        }
    }

    @Test
    void aVocabularyThatCannotSpellTheTemplateIsRefused() throws Exception {
        var types = new int[512];
        Arrays.fill(types, 1);
        Arrays.fill(types, FIRST_BYTE_TOKEN, byteToken(256), 6);
        for (int control : List.of(1, END_OF_TEXT, byteToken(256), byteToken(257))) {
            types[control] = 3;
        }
        types[0] = 2;
        // A word like any other: no token writes this character, and only names of control tokens have it.
        types[byteToken('|')] = 1;
        var mute = load("mute", tiny().int32s("tokenizer.ggml.token_type", types));

        var stream = TestStream.start(mute, ask("required", Constraint.NONE).build());

        assertThat(stream.failure().kind()).isEqualTo(FailureKind.UNSUPPORTED);
    }
}
