package dev.quantgate.natives.llama;

import static dev.quantgate.natives.llama.bindings.global.llama.qg_chat_capabilities;
import static dev.quantgate.natives.llama.bindings.global.llama.qg_chat_free;
import static dev.quantgate.natives.llama.bindings.global.llama.qg_chat_new;
import static dev.quantgate.natives.llama.bindings.global.llama.qg_chat_render;
import static dev.quantgate.natives.llama.bindings.global.llama.qg_chat_source;

import dev.quantgate.natives.llama.bindings.qg_chat;
import java.nio.charset.StandardCharsets;
import java.util.Objects;
import java.util.function.Function;

/**
 * A model's chat template, parsed once: turns messages into a prompt, and tells how to read the answer. Safe for any
 * number of threads.
 */
public final class ChatTemplates implements AutoCloseable {
    private final SharedHandle<qg_chat> handle;

    private ChatTemplates(qg_chat chat) {
        handle = new SharedHandle<>("chat templates", chat, pointer -> qg_chat_free(pointer));
    }

    /** The template in the model's file, or ChatML when it has none. */
    public static ChatTemplates of(LlamaModel model) {
        return create(model, "");
    }

    /**
     * A template given as text (Jinja).
     *
     * @throws LlamaException when it cannot be parsed
     */
    public static ChatTemplates of(LlamaModel model, String template) {
        if (template.isBlank()) {
            throw new IllegalArgumentException("template: empty (expected: a Jinja template)");
        }
        return create(model, template);
    }

    /** Returns the text of the template. */
    public String source() {
        return use(chat -> NativeText.take(qg_chat_source(chat)));
    }

    /** Returns what the template can express, as a JSON object of booleans such as {@code supports_tools}. */
    public String capabilities() {
        return use(chat -> NativeText.take(qg_chat_capabilities(chat)));
    }

    /**
     * Renders a conversation.
     *
     * @param requestJson an object with {@code messages} and optionally {@code tools}, {@code tool_choice} (a string),
     *     {@code parallel_tool_calls}, {@code json_schema}, {@code grammar}, {@code add_generation_prompt}, {@code
     *     enable_thinking}, {@code reasoning_format} and {@code chat_template_kwargs}, all in OpenAI's shapes
     * @return an object with {@code prompt}, {@code grammar}, {@code grammar_lazy}, {@code grammar_triggers} (type,
     *     value, token), {@code preserved_tokens}, {@code stops}, {@code generation_prompt} (the end of the prompt that
     *     belongs to the answer: a grammar from a schema or tools starts with it), {@code supports_thinking}, {@code
     *     thinking_start_tag}, {@code thinking_end_tags}, {@code format}, {@code format_name}, {@code reasoning_format}
     *     and {@code parser}; a {@link ChatParser} wants it whole
     * @throws LlamaException when the request is not what it should be or the template fails on it
     */
    public String render(String requestJson) {
        JsonGuard.check(requestJson, JsonGuard.MAX_REQUEST_CHARACTERS, "request");
        byte[] utf8 = requestJson.getBytes(StandardCharsets.UTF_8);
        return use(chat -> NativeText.take(qg_chat_render(chat, utf8, utf8.length)));
    }

    @Override
    public void close() {
        handle.close();
    }

    private static ChatTemplates create(LlamaModel model, String template) {
        byte[] utf8 = template.getBytes(StandardCharsets.UTF_8);
        return model.use(
                pointer -> new ChatTemplates(Objects.requireNonNull(qg_chat_new(pointer, utf8, utf8.length), "chat")));
    }

    private <T> T use(Function<qg_chat, T> call) {
        qg_chat chat = handle.acquire();
        try {
            return call.apply(chat);
        } catch (RuntimeException e) {
            throw NativeErrors.translate(e);
        } finally {
            handle.release();
        }
    }
}
