package dev.quantgate.gateway.http.openai;

import dev.quantgate.worker.api.inference.ChatMessage;
import dev.quantgate.worker.api.inference.ToolCall;
import io.vertx.core.json.JsonArray;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/** The messages of a chat. */
final class MessageFields {
    private static final Map<String, String> ROLES =
            Map.of("system", "system", "developer", "system", "user", "user", "assistant", "assistant", "tool", "tool");

    private MessageFields() {}

    static List<ChatMessage> read(Fields body) {
        if (!body.has("messages")) {
            throw body.wrongType("messages", "an array of messages");
        }
        var messages = new ArrayList<ChatMessage>();
        for (var element : body.array("messages")) {
            messages.add(message(Fields.of(element, "messages[" + messages.size() + "]")));
        }
        return messages;
    }

    private static ChatMessage message(Fields message) {
        var given = message.string("role").orElseThrow(() -> message.wrongType("role", "a role"));
        var role = ROLES.get(given);
        if (role == null) {
            throw Fields.invalid(
                    message.path("role"), Fields.quote(given), "system, developer, user, assistant or tool");
        }
        message.refuse("audio", "text messages only");
        message.refuse("function_call", "the field tool_calls");
        var calls = calls(message);
        var mayBeSilent = role.equals("assistant") && (!calls.isEmpty() || message.has("refusal"));
        if (!message.has("content") && !mayBeSilent) {
            throw message.wrongType("content", "a string or an array of text parts");
        }
        if (role.equals("tool") && !message.has("tool_call_id")) {
            throw message.wrongType("tool_call_id", "the id of the call that the message answers");
        }
        return new ChatMessage(
                role,
                content(message),
                message.string("reasoning_content").orElse(""),
                calls,
                message.string("tool_call_id").orElse(""));
    }

    private static String content(Fields message) {
        if (!(message.value("content") instanceof JsonArray)) {
            return message.string("content").or(() -> message.string("refusal")).orElse("");
        }
        var parts = new ArrayList<String>();
        for (var element : message.array("content")) {
            parts.add(part(Fields.of(element, message.path("content") + "[" + parts.size() + "]")));
        }
        return parts.stream().collect(Collectors.joining("\n"));
    }

    private static String part(Fields part) {
        var type = part.string("type").orElseThrow(() -> part.wrongType("type", "text"));
        return switch (type) {
            case "text" -> part.string("text").orElseThrow(() -> part.wrongType("text", "a string"));
            case "refusal" -> part.string("refusal").orElseThrow(() -> part.wrongType("refusal", "a string"));
            default ->
                throw Fields.invalid(
                        part.path("type"), Fields.quote(type), "text: images, audio and files are not supported");
        };
    }

    private static List<ToolCall> calls(Fields message) {
        var calls = new ArrayList<ToolCall>();
        for (var element : message.array("tool_calls")) {
            var call = Fields.of(element, message.path("tool_calls") + "[" + calls.size() + "]");
            var function = call.object("function").orElseThrow(() -> call.wrongType("function", "an object"));
            calls.add(new ToolCall(
                    call.string("id").orElse(""),
                    function.string("name").orElseThrow(() -> function.wrongType("name", "the function's name")),
                    function.string("arguments").orElse("{}")));
        }
        return calls;
    }
}
