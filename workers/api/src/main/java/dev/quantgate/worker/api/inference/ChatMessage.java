package dev.quantgate.worker.api.inference;

import dev.quantgate.worker.api.WorkerFailure;
import java.util.List;

/**
 * One message of a conversation.
 *
 * @param role {@code system}, {@code user}, {@code assistant} or {@code tool}
 * @param content the text; may be empty beside tool calls
 * @param reasoningContent what the model thought before it answered, or empty
 * @param toolCalls calls that an assistant made
 * @param toolCallId the call that a tool message answers, or empty
 */
public record ChatMessage(
        String role, String content, String reasoningContent, List<ToolCall> toolCalls, String toolCallId) {

    public ChatMessage {
        toolCalls = List.copyOf(toolCalls);
        if (!List.of("system", "user", "assistant", "tool").contains(role)) {
            throw WorkerFailure.invalid("messages.role", "\"" + role + "\" (expected: system, user, assistant or tool)")
                    .asException();
        }
    }

    public static ChatMessage of(String role, String content) {
        return new ChatMessage(role, content, "", List.of(), "");
    }
}
