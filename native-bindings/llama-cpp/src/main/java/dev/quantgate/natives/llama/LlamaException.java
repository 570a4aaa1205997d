package dev.quantgate.natives.llama;

/**
 * Something llama.cpp refused or failed to do; the message holds its own explanation when it gave one.
 *
 * <p>The text comes from native code and may name local paths: do not pass it to clients unread.
 */
public class LlamaException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    /** Creates an exception with an explanation. */
    public LlamaException(String message) {
        super(message);
    }

    LlamaException(String message, Throwable cause) {
        super(message, cause);
    }
}
