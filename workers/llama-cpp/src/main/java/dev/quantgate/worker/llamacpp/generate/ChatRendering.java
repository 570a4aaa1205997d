package dev.quantgate.worker.llamacpp.generate;

import dev.quantgate.natives.llama.ChatParser;
import dev.quantgate.natives.llama.ChatTemplates;
import dev.quantgate.natives.llama.LlamaException;
import dev.quantgate.natives.llama.LlamaModel;
import dev.quantgate.worker.api.FailureKind;
import dev.quantgate.worker.api.WorkerException;
import dev.quantgate.worker.api.WorkerFailure;
import dev.quantgate.worker.api.inference.Constraint;
import dev.quantgate.worker.api.inference.GenerationInput.Conversation;
import org.jspecify.annotations.Nullable;

/** Conversations through the model's chat template, which is parsed at the first one. Used by one thread. */
final class ChatRendering implements AutoCloseable {
    private static final int LONGEST_REASON_CHARACTERS = 200;

    private final LlamaModel model;
    private final boolean hasTemplate;
    private @Nullable ChatTemplates templates;
    private @Nullable ChatTemplates toolTemplates;

    ChatRendering(LlamaModel model) {
        this.model = model;
        hasTemplate = model.chatTemplate().filter(text -> !text.isBlank()).isPresent();
    }

    /** Refuses chats with a model that has no template. */
    void requireTemplate() {
        if (!hasTemplate) {
            throw WorkerFailure.of(
                            FailureKind.UNSUPPORTED,
                            "the model's file has no chat template; send a prompt instead of messages")
                    .asException();
        }
    }

    /**
     * Renders a conversation.
     *
     * @throws WorkerException INVALID_REQUEST if the template refuses the messages, UNSUPPORTED if it is broken
     */
    RenderedChat render(Conversation conversation, Constraint constraint) {
        var callsTools =
                !conversation.tools().isEmpty() && !conversation.toolChoice().equals("none");
        if (callsTools && !constraint.equals(Constraint.NONE)) {
            throw RequestPreparation.invalid(
                    "sampling", "a constraint together with tools (expected: one of both, or tool_choice none)");
        }
        var request = ChatRequest.of(conversation, constraint);
        try {
            if (!ToolTemplates.speaksOfTools(conversation) || ToolTemplates.hasTools(templates())) {
                return RenderedChat.read(templates().render(request), model.vocabulary(), callsTools);
            }
            var chat = RenderedChat.read(toolTemplates().render(request), model.vocabulary(), callsTools);
            return conversation.toolChoice().equals("required") ? ToolTemplates.forcing(chat) : chat;
        } catch (LlamaException | IllegalArgumentException e) {
            throw new WorkerException(
                    WorkerFailure.invalid("messages", "the chat template refused them: " + reason(e)), e);
        }
    }

    ChatParser parser(RenderedChat chat) {
        return ChatParser.of(chat.json());
    }

    private ChatTemplates templates() {
        var parsed = templates;
        if (parsed == null) {
            try {
                parsed = ChatTemplates.of(model);
            } catch (LlamaException e) {
                throw new WorkerException(
                        WorkerFailure.of(FailureKind.UNSUPPORTED, "the model's chat template cannot be parsed"), e);
            }
            templates = parsed;
        }
        return parsed;
    }

    private ChatTemplates toolTemplates() {
        var made = toolTemplates;
        if (made == null) {
            made = ToolTemplates.of(model);
            toolTemplates = made;
        }
        return made;
    }

    /** The first line: what follows is the template's source. */
    private static String reason(RuntimeException e) {
        var line = String.valueOf(e.getMessage()).lines().findFirst().orElse("");
        return line.length() <= LONGEST_REASON_CHARACTERS ? line : line.substring(0, LONGEST_REASON_CHARACTERS) + "...";
    }

    @Override
    public void close() {
        if (toolTemplates != null) {
            toolTemplates.close();
        }
        if (templates != null) {
            templates.close();
        }
    }
}
