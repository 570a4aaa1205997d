package dev.quantgate.natives.llama;

/** Tells the exceptions of native code apart; JavaCPP delivers all of them as plain runtime exceptions. */
final class NativeErrors {
    private static final String ABORT_PREFIX = "ggml_abort: ";

    private NativeErrors() {}

    /** Returns what the caller should throw for an exception that came out of a native call. */
    static RuntimeException translate(RuntimeException thrown) {
        String message = String.valueOf(thrown.getMessage());
        if (thrown instanceof LlamaException
                || thrown instanceof IllegalArgumentException
                || thrown instanceof IllegalStateException) {
            // Ours already.
            return thrown;
        }
        return message.startsWith(ABORT_PREFIX)
                ? new NativeAbortException(message.substring(ABORT_PREFIX.length()), thrown)
                : new LlamaException(message, thrown);
    }
}
