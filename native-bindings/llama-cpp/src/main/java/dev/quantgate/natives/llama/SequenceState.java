package dev.quantgate.natives.llama;

import static dev.quantgate.natives.llama.bindings.global.llama.llama_state_seq_get_data;
import static dev.quantgate.natives.llama.bindings.global.llama.llama_state_seq_get_size;
import static dev.quantgate.natives.llama.bindings.global.llama.llama_state_seq_set_data;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.zip.CRC32C;

/**
 * Saves what a sequence holds in the KV cache, and puts it back, into any sequence of a context with the same model and
 * cache types.
 *
 * <p>llama.cpp trusts the bytes: a wrong count makes it allocate all memory. So they travel behind a header of 16 bytes
 * (little endian: magic, CRC-32C of the rest, size of the rest) that is checked before native code sees them. That
 * protects against damage, not against forgery.
 */
public final class SequenceState {
    private static final int MAGIC = 0x31534751;
    private static final int HEADER_BYTES = 2 * Integer.BYTES + Long.BYTES;

    private SequenceState() {}

    /** Returns the bytes that {@link #save} would write now. */
    public static long sizeBytes(LlamaContext context, int sequence) {
        context.requireSequence(sequence);
        return HEADER_BYTES + context.call(() -> llama_state_seq_get_size(context.pointer(), sequence));
    }

    /**
     * Writes the state of a sequence at the buffer's position and moves it on.
     *
     * @param target a direct buffer with room for {@link #sizeBytes}
     */
    public static void save(LlamaContext context, int sequence, ByteBuffer target) {
        int size = Math.toIntExact(sizeBytes(context, sequence));
        requireDirect(target, "target");
        if (target.remaining() < size) {
            throw new IllegalArgumentException(
                    "target.remaining: " + target.remaining() + " (expected: at least " + size + ")");
        }
        ByteBuffer body = target.slice(target.position() + HEADER_BYTES, size - HEADER_BYTES);
        long written = context.call(() -> llama_state_seq_get_data(context.pointer(), body, body.capacity(), sequence));
        if (written != body.capacity()) {
            throw new LlamaException("the state of sequence " + sequence + " could not be saved");
        }
        target.slice(target.position(), HEADER_BYTES)
                .order(ByteOrder.LITTLE_ENDIAN)
                .putInt(MAGIC)
                .putInt(checksum(body))
                .putLong(written);
        target.position(target.position() + size);
    }

    /**
     * Replaces what a sequence holds by a saved state. When that fails the sequence is empty.
     *
     * @param source a direct buffer with all bytes of one state between position and limit
     * @throws LlamaException when the bytes are damaged or are not a state that fits this context
     */
    public static void load(LlamaContext context, int sequence, ByteBuffer source) {
        context.requireSequence(sequence);
        requireDirect(source, "source");
        context.memory().remove(sequence);
        ByteBuffer body = verifiedBody(source);
        NativeLog.beginCapture();
        long read;
        String log;
        try {
            read = context.call(() -> llama_state_seq_set_data(context.pointer(), body, body.capacity(), sequence));
        } finally {
            log = NativeLog.endCapture();
        }
        if (read != body.capacity()) {
            context.memory().remove(sequence);
            throw new LlamaException("the saved state does not fit: " + log);
        }
        source.position(source.limit());
    }

    private static ByteBuffer verifiedBody(ByteBuffer source) {
        ByteBuffer header = source.slice().order(ByteOrder.LITTLE_ENDIAN);
        if (header.remaining() < HEADER_BYTES || header.getInt() != MAGIC) {
            throw new LlamaException("the saved state is damaged: no header");
        }
        int checksum = header.getInt();
        if (header.getLong() != header.remaining()) {
            throw new LlamaException("the saved state is damaged: wrong size");
        }
        ByteBuffer body = header.slice();
        if (checksum(body) != checksum) {
            throw new LlamaException("the saved state is damaged: wrong checksum");
        }
        return body;
    }

    private static int checksum(ByteBuffer body) {
        CRC32C crc = new CRC32C();
        crc.update(body.duplicate());
        return (int) crc.getValue();
    }

    private static void requireDirect(ByteBuffer buffer, String name) {
        if (!buffer.isDirect()) {
            throw new IllegalArgumentException(name + ": on the heap (expected: a direct buffer)");
        }
    }
}
