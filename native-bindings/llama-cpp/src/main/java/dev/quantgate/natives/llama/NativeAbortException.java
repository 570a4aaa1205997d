package dev.quantgate.natives.llama;

/**
 * A failed assertion inside llama.cpp, or a file that has shrunk under it, either of which would have ended the process.
 *
 * <p>Native code was left in the middle of its work, so the object it happened on must not be used again: a context
 * refuses every further call. Its memory may not be released in full.
 */
public final class NativeAbortException extends LlamaException {
    private static final long serialVersionUID = 1L;

    NativeAbortException(String message) {
        super(message);
    }

    NativeAbortException(String message, Throwable cause) {
        super(message, cause);
    }
}
