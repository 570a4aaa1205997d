package dev.quantgate.bench.load;

import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;

/** Bodies of OpenAI requests, with the sampling fields that llama-server added and Quantgate reads as well. */
final class OpenAiBody {
    private OpenAiBody() {}

    static JsonObject of(String model, Request request) {
        var sampler = request.sampler();
        var body = new JsonObject()
                .put("model", model)
                .put("max_tokens", request.maxTokens())
                .put("stream", true)
                .put("stream_options", new JsonObject().put("include_usage", true))
                .put("temperature", sampler.temperature())
                .put("top_k", sampler.topK())
                .put("top_p", sampler.topP())
                .put("min_p", sampler.minP())
                .put("seed", request.seed());
        request.jsonSchema()
                .ifPresentOrElse(
                        schema -> chat(body, request, schema),
                        () -> body.put("prompt", request.prompt().text()).put("ignore_eos", true));
        return body;
    }

    private static void chat(JsonObject body, Request request, String schema) {
        body.put(
                "messages",
                new JsonArray()
                        .add(new JsonObject()
                                .put("role", "user")
                                .put("content", request.prompt().text())));
        body.put(
                "response_format",
                new JsonObject()
                        .put("type", "json_schema")
                        .put(
                                "json_schema",
                                new JsonObject()
                                        .put("name", "answer")
                                        .put("strict", true)
                                        .put("schema", new JsonObject(schema))));
    }
}
