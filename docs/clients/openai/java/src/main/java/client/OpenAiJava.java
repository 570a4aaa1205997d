package client;

import static client.Expect.expect;

import com.openai.client.OpenAIClient;
import com.openai.client.okhttp.OpenAIOkHttpClient;
import com.openai.core.JsonValue;
import com.openai.errors.NotFoundException;
import com.openai.models.FunctionDefinition;
import com.openai.models.FunctionParameters;
import com.openai.models.ResponseFormatJsonSchema;
import com.openai.models.chat.completions.ChatCompletionCreateParams;
import com.openai.models.chat.completions.ChatCompletionToolChoiceOption;
import com.openai.models.completions.CompletionCreateParams;
import com.openai.models.embeddings.EmbeddingCreateParams;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/** Uses a gateway through {@code com.openai:openai-java}: HOST:PORT MODEL. */
public final class OpenAiJava {
    private OpenAiJava() {}

    public static void main(String[] arguments) {
        var model = arguments[1];
        var client = OpenAIOkHttpClient.builder()
                .baseUrl("http://" + arguments[0] + "/v1")
                .apiKey("none")
                .maxRetries(0)
                .build();
        expect("openai-java models list", client.models().list().data().stream().anyMatch(one -> one.id().equals(model)));
        chats(client, model);
        forms(client, model);
        texts(client, model);
        client.close();
    }

    private static ChatCompletionCreateParams.Builder ask(String model, String question) {
        return ChatCompletionCreateParams.builder()
                .model(model)
                .addUserMessage(question)
                .temperature(0.0)
                .maxCompletionTokens(100);
    }

    private static void chats(OpenAIClient client, String model) {
        var colours = ask(model, "Name three primary colours.").maxCompletionTokens(24).build();
        var text = client.chat().completions().create(colours).choices().get(0).message().content().orElse("");
        expect("openai-java chat", !text.isEmpty());
        try (var stream = client.chat().completions().createStreaming(colours)) {
            var streamed = stream.stream()
                    .flatMap(event -> event.choices().stream())
                    .flatMap(choice -> choice.delta().content().stream())
                    .collect(Collectors.joining());
            expect("openai-java streamed chat", streamed.equals(text));
        }
        try {
            client.chat().completions().create(ask("no-such-model", "Hello").build());
            expect("openai-java error 404", false);
        } catch (NotFoundException error) {
            expect("openai-java error 404", error.code().orElse("").equals("model_not_found"));
        }
    }

    private static void forms(OpenAIClient client, String model) {
        var city = FunctionParameters.builder()
                .putAdditionalProperty("type", JsonValue.from("object"))
                .putAdditionalProperty("properties", JsonValue.from(Map.of("city", Map.of("type", "string"))))
                .putAdditionalProperty("required", JsonValue.from(List.of("city")))
                .build();
        var called = client.chat()
                .completions()
                .create(ask(model, "What is the weather in Paris?")
                        .addFunctionTool(FunctionDefinition.builder()
                                .name("get_weather")
                                .parameters(city)
                                .build())
                        .toolChoice(ChatCompletionToolChoiceOption.Auto.REQUIRED)
                        .build());
        var call = called.choices().get(0).message().toolCalls().orElseThrow().get(0).asFunction().function();
        expect("openai-java tools", call.name().equals("get_weather") && call.arguments().contains("\"city\""));

        var person = ResponseFormatJsonSchema.JsonSchema.Schema.builder()
                .putAdditionalProperty("type", JsonValue.from("object"))
                .putAdditionalProperty(
                        "properties",
                        JsonValue.from(Map.of("name", Map.of("type", "string", "maxLength", 20))))
                .putAdditionalProperty("required", JsonValue.from(List.of("name")))
                .putAdditionalProperty("additionalProperties", JsonValue.from(false))
                .build();
        var formed = client.chat()
                .completions()
                .create(ask(model, "Invent a person.")
                        .responseFormat(ResponseFormatJsonSchema.builder()
                                .jsonSchema(ResponseFormatJsonSchema.JsonSchema.builder()
                                        .name("person")
                                        .schema(person)
                                        .build())
                                .build())
                        .build());
        var json = formed.choices().get(0).message().content().orElse("").strip();
        expect("openai-java json_schema", json.startsWith("{") && json.contains("\"name\"") && json.endsWith("}"));
    }

    private static void texts(OpenAIClient client, String model) {
        var continued = client.completions()
                .create(CompletionCreateParams.builder()
                        .model(model)
                        .prompt("The sky is")
                        .maxTokens(8)
                        .n(2)
                        .seed(1)
                        .build());
        expect("openai-java completions", continued.choices().size() == 2);
        var vectors = client.embeddings()
                .create(EmbeddingCreateParams.builder()
                        .model(model)
                        .inputOfArrayOfStrings(List.of("hello", "world"))
                        .build());
        expect(
                "openai-java embeddings",
                vectors.data().size() == 2
                        && vectors.data().get(0).embedding().stream().anyMatch(value -> value != 0));
    }
}
