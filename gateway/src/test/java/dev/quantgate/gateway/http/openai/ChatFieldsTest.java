package dev.quantgate.gateway.http.openai;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.quantgate.worker.api.ModelRef;
import dev.quantgate.worker.api.WorkerException;
import dev.quantgate.worker.api.inference.AdapterUse;
import dev.quantgate.worker.api.inference.Constraint;
import dev.quantgate.worker.api.inference.GenerateRequest;
import dev.quantgate.worker.api.inference.GenerationInput.Conversation;
import dev.quantgate.worker.api.inference.Sampling;
import io.vertx.core.json.JsonObject;
import java.util.Map;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What each field of a chat means, and what is refused. */
final class ChatFieldsTest {
    private static GenerationPlan read(String fields) {
        return ChatFields.read(Fields.of(new JsonObject(OpenAi.chat(fields))));
    }

    private static GenerateRequest request(String fields) {
        return read(fields).requests().get(0);
    }

    private static Conversation conversation(String fields) {
        return (Conversation) request(fields).input();
    }

    private static Conversation messages(String messages) {
        var body = new JsonObject("{\"model\":\"smol\",\"messages\":[" + messages + "]}");
        return (Conversation) ChatFields.read(Fields.of(body)).requests().get(0).input();
    }

    @Test
    void everySamplingFieldArrives() {
        var sampling = request(
                        "\"temperature\":0.5,\"top_k\":3,\"top_p\":0.9,\"min_p\":0.1,\"typical_p\":0.8,"
                                + "\"repetition_penalty\":1.1,\"presence_penalty\":0.2,\"frequency_penalty\":0.3,"
                                + "\"penalty_last_n\":9,\"seed\":42,\"logit_bias\":{\"7\":-100},\"grammar\":\"root ::= \\\"a\\\"\"")
                .sampling();

        assertThat(sampling)
                .isEqualTo(new Sampling(
                        0.5f,
                        3,
                        0.9f,
                        0.1f,
                        0.8f,
                        1.1f,
                        0.2f,
                        0.3f,
                        9,
                        OptionalInt.of(42),
                        Map.of(7, -100f),
                        new Constraint.Grammar("root ::= \"a\"")));
    }

    @Test
    void adaptersArriveOrAreRefusedByTheirPlace() {
        assertThat(request("\"lora\":[{\"name\":\"a\"},{\"name\":\"b\",\"scale\":0.5}]")
                        .adapters())
                .containsExactly(new AdapterUse("a", 1), new AdapterUse("b", 0.5f));
        assertThat(refusal(() -> request("\"lora\":[{\"name\":\"a\"},{\"id\":0,\"scale\":0.5}]")))
                .isEqualTo("lora[1].name");
        assertThatThrownBy(() -> request("\"lora\":[{\"name\":\"a\"},{\"name\":\"a\"}]"))
                .hasMessageContaining("twice");
    }

    @Test
    void aSessionHasOneText() {
        assertThat(request("\"session\":\"chat-1\"").session()).isEqualTo("chat-1");
        assertThatThrownBy(() -> request("\"session\":\"chat-1\",\"n\":2")).hasMessageContaining("n: 1");
        assertThat(refusal(() -> request("\"session\":\"../x\""))).isEqualTo("session");
    }

    @Test
    void whatIsNullOrAbsentHasItsDefault() {
        assertThat(request("\"temperature\":null,\"seed\":null,\"stop\":null,\"tools\":null,\"logit_bias\":null"))
                .isEqualTo(request(""));
        assertThat(request("").sampling()).isEqualTo(Sampling.DEFAULT);
        assertThat(request("").options().maxTokens()).isZero();
    }

    @Test
    void everyOptionArrives() {
        var options = request("\"max_tokens\":9,\"stop\":[\"a\",\"b\"],\"logprobs\":true,\"top_logprobs\":4,"
                        + "\"ignore_eos\":true,\"priority\":-3")
                .options();

        assertThat(options.maxTokens()).isEqualTo(9);
        assertThat(options.stop()).containsExactly("a", "b");
        assertThat(options.logprobs()).hasValue(4);
        assertThat(options.ignoreEos()).isTrue();
        assertThat(options.priority()).isEqualTo(-3);
        assertThat(request("\"stop\":\"x\"").options().stop()).containsExactly("x");
        assertThat(request("\"max_tokens\":5,\"max_completion_tokens\":5")
                        .options()
                        .maxTokens())
                .isEqualTo(5);
        assertThat(refusal(() -> request("\"max_tokens\":9,\"max_completion_tokens\":5")))
                .isEqualTo("max_tokens");
    }

    @Test
    void aNameMayNameAVariant() {
        var body = new JsonObject(OpenAi.chat("")).put("model", "smol:Q4_0");

        assertThat(ChatFields.read(Fields.of(body)).requests().get(0).model()).isEqualTo(ModelRef.of("smol", "Q4_0"));
    }

    @ParameterizedTest
    @CsvSource({"7,7", "4294967295,-1", "4294967296,1"})
    void aSeedOf64BitsIsFolded(String given, int used) {
        assertThat(request("\"seed\":" + given).sampling().seed()).hasValue(used);
    }

    @Test
    void responseFormatsAreConstraints() {
        assertThat(request("\"response_format\":{\"type\":\"text\"}").sampling().constraint())
                .isEqualTo(Constraint.NONE);
        assertThat(request("\"response_format\":{\"type\":\"json_object\"}")
                        .sampling()
                        .constraint())
                .isEqualTo(new Constraint.JsonSchema("{\"type\":\"object\"}"));
        assertThat(request("\"response_format\":{\"type\":\"json_schema\",\"json_schema\":{\"name\":\"n\","
                                + "\"schema\":{\"type\":\"object\",\"properties\":{\"z\":{},\"a\":{}}}}}")
                        .sampling()
                        .constraint())
                .isEqualTo(new Constraint.JsonSchema("{\"type\":\"object\",\"properties\":{\"z\":{},\"a\":{}}}"));
    }

    @Test
    void aNamedFunctionIsTheOnlyOneAndRequired() {
        var tools = "\"tools\":[{\"type\":\"function\",\"function\":{\"name\":\"f\",\"description\":\"d\","
                + "\"parameters\":{\"type\":\"object\"}}},{\"type\":\"function\",\"function\":{\"name\":\"g\"}}]";
        var free = conversation(tools);
        var named = conversation(tools + ",\"tool_choice\":{\"type\":\"function\",\"function\":{\"name\":\"g\"}}");

        assertThat(free.tools()).hasSize(2);
        assertThat(free.toolChoice()).isEmpty();
        assertThat(free.tools().get(0).parametersJsonSchema()).isEqualTo("{\"type\":\"object\"}");
        assertThat(named.tools())
                .singleElement()
                .satisfies(tool -> assertThat(tool.name()).isEqualTo("g"));
        assertThat(named.toolChoice()).isEqualTo("required");
        assertThat(conversation(tools + ",\"tool_choice\":\"none\"").toolChoice())
                .isEqualTo("none");
    }

    @Test
    void messagesKeepTheirRolesPartsAndCalls() {
        var messages = messages("{\"role\":\"developer\",\"content\":\"be brief\"},"
                        + "{\"role\":\"user\",\"content\":[{\"type\":\"text\",\"text\":\"a\"},{\"type\":\"text\",\"text\":\"b\"}]},"
                        + "{\"role\":\"assistant\",\"content\":null,\"tool_calls\":[{\"id\":\"c1\",\"type\":\"function\","
                        + "\"function\":{\"name\":\"f\",\"arguments\":\"{}\"}}]},"
                        + "{\"role\":\"tool\",\"tool_call_id\":\"c1\",\"content\":\"42\"}")
                .messages();

        assertThat(messages.get(0).role()).isEqualTo("system");
        assertThat(messages.get(1).content()).isEqualTo("a\nb");
        assertThat(messages.get(2).toolCalls().get(0).name()).isEqualTo("f");
        assertThat(messages.get(3).toolCallId()).isEqualTo("c1");
    }

    @Test
    void thinkingIsSwitchedOffByEitherField() {
        assertThat(conversation("").enableThinking()).isTrue();
        assertThat(conversation("\"reasoning_effort\":\"none\"").enableThinking())
                .isFalse();
        assertThat(conversation("\"chat_template_kwargs\":{\"enable_thinking\":false}")
                        .enableThinking())
                .isFalse();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "\"store\":true",
                "\"metadata\":{\"a\":\"b\"}",
                "\"service_tier\":\"auto\"",
                "\"modalities\":[\"text\"]",
                "\"no_such_field\":1"
            })
    void whatChangesNoAnswerIsIgnored(String field) {
        assertThat(request(field)).isEqualTo(request(""));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "\"audio\":{}|audio",
                "\"modalities\":[\"text\",\"audio\"]|modalities",
                "\"web_search_options\":{}|web_search_options",
                "\"functions\":[]|functions",
                "\"n\":0|n",
                "\"n\":129|n",
                "\"n\":\"1\"|n",
                "\"n\":1.5|n",
                "\"stream\":\"yes\"|stream",
                "\"stream_options\":{\"include_usage\":true}|stream_options",
                "\"temperature\":\"hot\"|temperature",
                "\"temperature\":101|sampling.temperature",
                "\"top_p\":0|sampling.top_p",
                "\"max_tokens\":0|max_tokens",
                "\"max_tokens\":5,\"max_completion_tokens\":6|max_tokens",
                "\"max_tokens\":-1,\"max_completion_tokens\":6|max_tokens",
                "\"max_tokens\":99999999999|max_tokens",
                "\"stop\":[1]|stop[0]",
                "\"stop\":7|stop",
                "\"stop\":\"\"|options.stop[0]",
                "\"seed\":99999999999999999999|seed",
                "\"top_logprobs\":2|top_logprobs",
                "\"logprobs\":true,\"top_logprobs\":21|top_logprobs",
                "\"logit_bias\":{\"x\":1}|logit_bias",
                "\"logit_bias\":{\"1\":\"x\"}|logit_bias.1",
                "\"logit_bias\":[]|logit_bias",
                "\"response_format\":{\"type\":\"yaml\"}|response_format.type",
                "\"response_format\":{\"type\":\"json_schema\"}|response_format.json_schema",
                "\"response_format\":{\"type\":\"json_schema\",\"json_schema\":{}}|response_format.json_schema.schema",
                "\"response_format\":{\"type\":\"json_object\"},\"grammar\":\"root ::= x\"|grammar",
                "\"tools\":[{\"type\":\"custom\"}]|tools[0].type",
                "\"tools\":[{\"type\":\"function\"}]|tools[0].function",
                "\"tools\":[{\"type\":\"function\",\"function\":{}}]|tools[0].function.name",
                "\"tool_choice\":\"maybe\"|tool_choice",
                "\"tool_choice\":\"required\"|tool_choice",
                "\"tool_choice\":{\"type\":\"function\",\"function\":{\"name\":\"f\"}}|tool_choice.function.name",
                "\"chat_template_kwargs\":{\"other\":1}|chat_template_kwargs.other",
                "\"priority\":11|options.priority"
            })
    void whatWouldChangeTheAnswerOrIsWrongIsRefusedByName(String fields, String field) {
        assertThat(refusal(() -> read(fields))).isEqualTo(field);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "``|messages",
                "7|messages[0]",
                "{\"content\":\"x\"}|messages[0].role",
                "{\"role\":\"king\",\"content\":\"x\"}|messages[0].role",
                "{\"role\":\"user\"}|messages[0].content",
                "{\"role\":\"user\",\"content\":7}|messages[0].content",
                "{\"role\":\"tool\",\"content\":\"x\"}|messages[0].tool_call_id",
                "{\"role\":\"user\",\"content\":[{\"type\":\"image_url\",\"image_url\":{}}]}|messages[0].content[0].type",
                "{\"role\":\"user\",\"content\":[{\"type\":\"text\"}]}|messages[0].content[0].text"
            })
    void aWrongMessageIsRefusedByItsPlace(String messages, String field) {
        assertThat(refusal(() -> messages(messages))).isEqualTo(field);
    }

    private static String refusal(org.assertj.core.api.ThrowableAssert.ThrowingCallable reading) {
        return catchThrowableOfType(WorkerException.class, reading).failure().field();
    }
}
