package dev.quantgate.natives.llama;

import static dev.quantgate.natives.llama.bindings.global.llama.llama_state_seq_get_data;
import static dev.quantgate.natives.llama.bindings.global.llama.llama_state_seq_get_size;
import static dev.quantgate.natives.llama.bindings.global.llama.llama_state_seq_set_data;

import java.nio.ByteBuffer;

/**
 * Saves what a sequence holds in the KV cache, and puts it back, into any sequence of a context with the same model and
 * cache types.
 *
 * <p>The bytes carry no checksum and llama.cpp trusts much of them: load only what you saved and have verified.
 */
public final class SequenceState {
    private SequenceState() {}

    /** Returns the bytes that {@link #save} would write now. */
    public static long sizeBytes(LlamaContext context, int sequence) {
        context.requireSequence(sequence);
        return context.call(() -> llama_state_seq_get_size(context.pointer(), sequence));
    }

    /**
     * Writes the state of a sequence at the buffer's position and moves it on.
     *
     * @param target a direct buffer with room for {@link #sizeBytes}
     */
    public static void save(LlamaContext context, int sequence, ByteBuffer target) {
        long size = sizeBytes(context, sequence);
        requireDirect(target, "target");
        if (target.remaining() < size) {
            throw new IllegalArgumentException(
                    "target.remaining: " + target.remaining() + " (expected: at least " + size + ")");
        }
        long written = context.call(() -> llama_state_seq_get_data(context.pointer(), target.slice(), size, sequence));
        if (written != size) {
            throw new LlamaException("the state of sequence " + sequence + " could not be saved");
        }
        target.position(target.position() + Math.toIntExact(written));
    }

    /**
     * Replaces what a sequence holds by a saved state. When that fails the sequence is empty.
     *
     * @param source a direct buffer with all bytes of one state between position and limit
     * @throws LlamaException when the bytes are not a state that fits this context
     */
    public static void load(LlamaContext context, int sequence, ByteBuffer source) {
        context.requireSequence(sequence);
        requireDirect(source, "source");
        int size = source.remaining();
        NativeLog.beginCapture();
        long read;
        String log;
        try {
            read = context.call(() -> llama_state_seq_set_data(context.pointer(), source.slice(), size, sequence));
        } finally {
            log = NativeLog.endCapture();
        }
        if (read != size) {
            context.memory().remove(sequence);
            throw new LlamaException("the saved state does not fit: " + log);
        }
        source.position(source.limit());
    }

    private static void requireDirect(ByteBuffer buffer, String name) {
        if (!buffer.isDirect()) {
            throw new IllegalArgumentException(name + ": on the heap (expected: a direct buffer)");
        }
    }
}
