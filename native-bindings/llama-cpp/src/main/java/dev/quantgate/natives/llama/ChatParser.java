package dev.quantgate.natives.llama;

import static dev.quantgate.natives.llama.bindings.global.llama.qg_chat_parser_deltas;
import static dev.quantgate.natives.llama.bindings.global.llama.qg_chat_parser_free;
import static dev.quantgate.natives.llama.bindings.global.llama.qg_chat_parser_new;
import static dev.quantgate.natives.llama.bindings.global.llama.qg_chat_parser_parse;

import dev.quantgate.natives.llama.bindings.qg_chat_parser;
import java.nio.charset.StandardCharsets;
import java.util.Objects;
import java.util.function.ToLongFunction;

/**
 * Reads what a model writes in answer to one rendered prompt: text, reasoning and tool calls. One thread at a time.
 *
 * <p>Every call reads the whole output so far, so a caller who streams the answer to a request without tools, from a
 * template without thinking, does better to pass the text on as it is.
 */
public final class ChatParser implements AutoCloseable {
    private final qg_chat_parser pointer;
    private boolean closed;

    private ChatParser(qg_chat_parser pointer) {
        this.pointer = pointer;
    }

    /** Creates a parser for the answer to a prompt, from the result of {@link ChatTemplates#render}. */
    public static ChatParser of(String renderedJson) {
        LlamaCpp.load();
        JsonGuard.check(renderedJson, JsonGuard.MAX_REQUEST_CHARACTERS, "rendered");
        byte[] utf8 = renderedJson.getBytes(StandardCharsets.UTF_8);
        try {
            return new ChatParser(Objects.requireNonNull(qg_chat_parser_new(utf8, utf8.length), "parser"));
        } catch (RuntimeException e) {
            throw NativeErrors.translate(e);
        }
    }

    /**
     * Returns the message in OpenAI's shape as JSON.
     *
     * @param output all that the model wrote so far
     * @param partial whether more may come, so that an unfinished tool call is no error
     * @throws LlamaException when the output does not follow the format
     */
    public String parse(String output, boolean partial) {
        byte[] utf8 = output.getBytes(StandardCharsets.UTF_8);
        return call(parser -> qg_chat_parser_parse(parser, utf8, utf8.length, partial));
    }

    /**
     * Returns what the message gained since the last call of this method, as a JSON array of deltas in OpenAI's shape;
     * see {@link #parse}.
     */
    public String deltas(String output, boolean partial) {
        byte[] utf8 = output.getBytes(StandardCharsets.UTF_8);
        return call(parser -> qg_chat_parser_deltas(parser, utf8, utf8.length, partial));
    }

    @Override
    public void close() {
        if (!closed) {
            closed = true;
            qg_chat_parser_free(pointer);
        }
    }

    private String call(ToLongFunction<qg_chat_parser> call) {
        if (closed) {
            throw new IllegalStateException("parser is closed");
        }
        try {
            return NativeText.take(call.applyAsLong(pointer));
        } catch (RuntimeException e) {
            throw NativeErrors.translate(e);
        }
    }
}
