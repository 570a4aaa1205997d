package client;

import static client.Expect.expect;

import dev.langchain4j.agent.tool.ToolSpecification;
import dev.langchain4j.data.message.UserMessage;
import dev.langchain4j.data.segment.TextSegment;
import dev.langchain4j.exception.ModelNotFoundException;
import dev.langchain4j.model.chat.request.ChatRequest;
import dev.langchain4j.model.chat.request.ResponseFormat;
import dev.langchain4j.model.chat.request.ResponseFormatType;
import dev.langchain4j.model.chat.request.ToolChoice;
import dev.langchain4j.model.chat.request.json.JsonObjectSchema;
import dev.langchain4j.model.chat.request.json.JsonSchema;
import dev.langchain4j.model.chat.response.ChatResponse;
import dev.langchain4j.model.chat.response.StreamingChatResponseHandler;
import dev.langchain4j.model.openai.OpenAiChatModel;
import dev.langchain4j.model.openai.OpenAiEmbeddingModel;
import dev.langchain4j.model.openai.OpenAiStreamingChatModel;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/** Uses a gateway through {@code dev.langchain4j:langchain4j-open-ai}: HOST:PORT MODEL. */
public final class LangChain4j {
    private static final String COLOURS = "Name three primary colours.";

    private LangChain4j() {}

    public static void main(String[] arguments) throws Exception {
        var url = "http://" + arguments[0] + "/v1";
        var model = arguments[1];
        var text = chat(url, model).chat(COLOURS);
        expect("langchain4j chat", !text.isEmpty());
        expect("langchain4j streamed chat", streamedWhole(url, model));
        tools(url, model);
        schema(url, model);
        var vectors = OpenAiEmbeddingModel.builder()
                .baseUrl(url)
                .apiKey("none")
                .modelName(model)
                .build()
                .embedAll(List.of(TextSegment.from("hello"), TextSegment.from("world")));
        expect("langchain4j embeddings", vectors.content().size() == 2);
        try {
            chat(url, "no-such-model").chat("Hello");
            expect("langchain4j error 404", false);
        } catch (ModelNotFoundException error) {
            expect("langchain4j error 404", true);
        }
        System.exit(0);
    }

    private static OpenAiChatModel chat(String url, String model) {
        return OpenAiChatModel.builder()
                .baseUrl(url)
                .apiKey("none")
                .modelName(model)
                .temperature(0.0)
                .maxTokens(100)
                .maxRetries(0)
                .build();
    }

    /** Whether the parts of a streamed answer are the answer. */
    private static boolean streamedWhole(String url, String model) throws Exception {
        var whole = new CompletableFuture<Boolean>();
        var text = new StringBuilder();
        OpenAiStreamingChatModel.builder()
                .baseUrl(url)
                .apiKey("none")
                .modelName(model)
                .temperature(0.0)
                .maxTokens(100)
                .build()
                .chat(COLOURS, new StreamingChatResponseHandler() {
                    @Override
                    public void onPartialResponse(String part) {
                        text.append(part);
                    }

                    @Override
                    public void onCompleteResponse(ChatResponse response) {
                        whole.complete(
                                text.length() > 0 && response.aiMessage().text().contentEquals(text));
                    }

                    @Override
                    public void onError(Throwable error) {
                        whole.completeExceptionally(error);
                    }
                });
        return whole.get(2, TimeUnit.MINUTES);
    }

    private static void tools(String url, String model) {
        var weather = ToolSpecification.builder()
                .name("get_weather")
                .parameters(JsonObjectSchema.builder()
                        .addStringProperty("city")
                        .required("city")
                        .build())
                .build();
        var called = chat(url, model)
                .chat(ChatRequest.builder()
                        .messages(UserMessage.from("What is the weather in Paris?"))
                        .toolSpecifications(weather)
                        .toolChoice(ToolChoice.REQUIRED)
                        .build());
        var calls = called.aiMessage().toolExecutionRequests();
        expect("langchain4j tools", calls.size() > 0 && calls.get(0).name().equals("get_weather"));
    }

    private static void schema(String url, String model) {
        var person = JsonObjectSchema.builder()
                .addIntegerProperty("age")
                .required("age")
                .build();
        var formed = chat(url, model)
                .chat(ChatRequest.builder()
                        .messages(UserMessage.from("Invent a person."))
                        .responseFormat(ResponseFormat.builder()
                                .type(ResponseFormatType.JSON)
                                .jsonSchema(JsonSchema.builder()
                                        .name("person")
                                        .rootElement(person)
                                        .build())
                                .build())
                        .build());
        var json = formed.aiMessage().text().strip();
        expect("langchain4j json_schema", json.startsWith("{") && json.contains("\"age\""));
    }
}
