package dev.quantgate.worker.llamacpp.generate;

import com.fasterxml.jackson.core.JsonGenerator;
import dev.quantgate.worker.api.inference.ChatMessage;
import dev.quantgate.worker.api.inference.Constraint;
import dev.quantgate.worker.api.inference.GenerationInput.Conversation;
import dev.quantgate.worker.api.inference.Tool;
import java.io.IOException;

/** A conversation as the JSON that llama.cpp's template code reads: OpenAI's shapes. */
final class ChatRequest {
    private ChatRequest() {}

    static String of(Conversation conversation, Constraint constraint) {
        return Json.write(json -> {
            json.writeStartObject();
            json.writeArrayFieldStart("messages");
            for (var message : conversation.messages()) {
                message(json, message);
            }
            json.writeEndArray();
            if (!conversation.tools().isEmpty()) {
                json.writeArrayFieldStart("tools");
                for (var tool : conversation.tools()) {
                    tool(json, tool);
                }
                json.writeEndArray();
                var choice = conversation.toolChoice();
                json.writeStringField("tool_choice", choice.isEmpty() ? "auto" : choice);
                json.writeBooleanField("parallel_tool_calls", true);
            }
            // Without tools the text is held to the schema by our own grammar: the template's would allow a code fence.
            if (constraint instanceof Constraint.JsonSchema schema
                    && !conversation.tools().isEmpty()) {
                json.writeFieldName("json_schema");
                json.writeRawValue(schema.schema());
            }
            json.writeBooleanField("enable_thinking", conversation.enableThinking());
            json.writeEndObject();
        });
    }

    private static void message(JsonGenerator json, ChatMessage message) throws IOException {
        json.writeStartObject();
        json.writeStringField("role", message.role());
        json.writeStringField("content", message.content());
        if (!message.reasoningContent().isEmpty()) {
            json.writeStringField("reasoning_content", message.reasoningContent());
        }
        if (!message.toolCallId().isEmpty()) {
            json.writeStringField("tool_call_id", message.toolCallId());
        }
        if (!message.toolCalls().isEmpty()) {
            json.writeArrayFieldStart("tool_calls");
            for (var call : message.toolCalls()) {
                json.writeStartObject();
                json.writeStringField("id", call.id());
                json.writeStringField("type", "function");
                json.writeObjectFieldStart("function");
                json.writeStringField("name", call.name());
                json.writeStringField("arguments", call.argumentsJson());
                json.writeEndObject();
                json.writeEndObject();
            }
            json.writeEndArray();
        }
        json.writeEndObject();
    }

    private static void tool(JsonGenerator json, Tool tool) throws IOException {
        json.writeStartObject();
        json.writeStringField("type", "function");
        json.writeObjectFieldStart("function");
        json.writeStringField("name", tool.name());
        json.writeStringField("description", tool.description());
        json.writeFieldName("parameters");
        json.writeRawValue(
                tool.parametersJsonSchema().isBlank()
                        ? "{\"type\":\"object\",\"properties\":{}}"
                        : tool.parametersJsonSchema());
        json.writeEndObject();
        json.writeEndObject();
    }
}
