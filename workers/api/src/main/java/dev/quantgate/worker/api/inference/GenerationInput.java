package dev.quantgate.worker.api.inference;

import dev.quantgate.worker.api.WorkerFailure;
import java.util.List;

/** What a generation starts from. */
public sealed interface GenerationInput {

    /**
     * A text to continue.
     *
     * @param text not empty
     * @param parseSpecial whether special tokens in it are read as such
     */
    record Prompt(String text, boolean parseSpecial) implements GenerationInput {
        public Prompt {
            if (text.isEmpty()) {
                throw WorkerFailure.invalid("prompt", "\"\" (expected: at least one character)")
                        .asException();
            }
        }
    }

    /**
     * A conversation to answer through the model's chat template.
     *
     * @param messages 1 to 1000
     * @param tools functions that the model may call: at most 128
     * @param toolChoice {@code auto}, {@code none}, {@code required}, or empty for the default
     * @param enableThinking lets templates with a thinking part use it
     */
    record Conversation(List<ChatMessage> messages, List<Tool> tools, String toolChoice, boolean enableThinking)
            implements GenerationInput {
        private static final int MAX_MESSAGES = 1000;
        private static final int MAX_TOOLS = 128;

        public Conversation {
            messages = List.copyOf(messages);
            tools = List.copyOf(tools);
            if (messages.isEmpty() || messages.size() > MAX_MESSAGES) {
                throw WorkerFailure.invalid("messages", messages.size() + " (expected: 1 to " + MAX_MESSAGES + ")")
                        .asException();
            }
            if (tools.size() > MAX_TOOLS) {
                throw WorkerFailure.invalid("tools", tools.size() + " (expected: at most " + MAX_TOOLS + ")")
                        .asException();
            }
            if (!List.of("", "auto", "none", "required").contains(toolChoice)) {
                throw WorkerFailure.invalid(
                                "tool_choice", "\"" + toolChoice + "\" (expected: auto, none, required or empty)")
                        .asException();
            }
            if (toolChoice.equals("required") && tools.isEmpty()) {
                throw WorkerFailure.invalid("tool_choice", "required (expected: at least one tool with it)")
                        .asException();
            }
        }
    }
}
