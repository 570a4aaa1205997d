package dev.quantgate.worker.llamacpp.generate;

import dev.quantgate.natives.llama.ChatTemplates;
import dev.quantgate.natives.llama.LlamaModel;
import dev.quantgate.natives.llama.Vocabulary;
import dev.quantgate.worker.api.FailureKind;
import dev.quantgate.worker.api.WorkerFailure;
import dev.quantgate.worker.api.inference.GenerationInput.Conversation;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Objects;

/**
 * A template with a place for tools, for models that speak ChatML and whose own template has none. llama.cpp would
 * leave the tools out without a word.
 */
final class ToolTemplates {
    private static final String RESOURCE = "chatml-tools.jinja";
    private static final List<String> CHATML = List.of("<|im_start|>", "<|im_end|>");
    private static final String CALL = "<tool_call>\n";

    private ToolTemplates() {}

    /** True if a conversation speaks of tools. */
    static boolean speaksOfTools(Conversation conversation) {
        return !conversation.tools().isEmpty()
                || conversation.messages().stream()
                        .anyMatch(message -> message.role().equals("tool")
                                || !message.toolCalls().isEmpty());
    }

    /** True if the model's own template can express tools. */
    static boolean hasTools(ChatTemplates own) {
        return Boolean.TRUE.equals(Json.readObject(own.capabilities()).get("supports_tools"));
    }

    static ChatTemplates of(LlamaModel model) {
        var vocabulary = model.vocabulary();
        if (!CHATML.stream().allMatch(token -> isControl(vocabulary, token))) {
            throw WorkerFailure.of(
                            FailureKind.UNSUPPORTED, "the model's chat template has no place for tools; leave them out")
                    .asException();
        }
        try (var stream = Objects.requireNonNull(ToolTemplates.class.getResourceAsStream(RESOURCE), RESOURCE)) {
            return ChatTemplates.of(model, new String(stream.readAllBytes(), StandardCharsets.UTF_8));
        } catch (IOException unreadable) {
            throw new UncheckedIOException(RESOURCE + " cannot be read", unreadable);
        }
    }

    /** The chat with the beginning of a call already written, so that the answer has to be one. */
    static RenderedChat forcing(RenderedChat chat) {
        var opened = chat.generationPrompt() + CALL;
        return new RenderedChat(
                chat.json().replace(field(chat.generationPrompt()), field(opened)),
                chat.prompt() + CALL,
                opened,
                chat.grammar(),
                chat.stops(),
                chat.controlTexts(),
                chat.plain());
    }

    private static String field(String generationPrompt) {
        return "\"generation_prompt\":" + Json.write(json -> json.writeString(generationPrompt));
    }

    private static boolean isControl(Vocabulary vocabulary, String text) {
        var tokens = vocabulary.tokenize(text, false, true);
        return tokens.length == 1 && vocabulary.isControl(tokens[0]);
    }
}
