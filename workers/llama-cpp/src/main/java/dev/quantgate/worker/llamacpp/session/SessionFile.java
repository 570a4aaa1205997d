package dev.quantgate.worker.llamacpp.session;

import static java.nio.file.StandardOpenOption.READ;

import dev.quantgate.worker.api.FailureKind;
import dev.quantgate.worker.api.WorkerException;
import dev.quantgate.worker.api.WorkerFailure;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.Optional;

/**
 * A session's file: magic, length of the header, header, SHA-256 of these three, state. Both sums are checked before
 * native code sees the state; native code checks its shape against the context once more.
 *
 * @param path the file
 * @param name of the session, for messages
 * @param header verified
 */
record SessionFile(Path path, String name, SessionHeader header) {
    static final long MAGIC = 0x51475345_53533031L;
    static final int PREFIX_BYTES = Long.BYTES + Integer.BYTES;

    private static final int MAX_HEADER_BYTES = 64 << 20;

    /** Where llama.cpp's count of KV streams stands in a state, after 16 bytes of our facade and 8 of llama.cpp. */
    private static final int STREAMS_AT = 24;

    private static final int MAX_STREAMS = 256;

    /**
     * Opens a session; empty if there is none.
     *
     * @throws WorkerException FAILED_PRECONDITION if it is damaged
     */
    static Optional<SessionFile> open(Path path, String name) {
        try (var channel = FileChannel.open(path, READ, LinkOption.NOFOLLOW_LINKS)) {
            var prefix = ByteBuffer.wrap(read(channel, 0, PREFIX_BYTES, name));
            var length = prefix.getLong(0) == MAGIC ? prefix.getInt(Long.BYTES) : -1;
            if (length < 1 || length > MAX_HEADER_BYTES || length > channel.size()) {
                throw damaged(name, "it does not begin as a session does");
            }
            var head = read(channel, 0, PREFIX_BYTES + length, name);
            var sum = read(channel, PREFIX_BYTES + length, SessionHeader.SHA256_BYTES, name);
            if (!Arrays.equals(sha256(ByteBuffer.wrap(head)), sum)) {
                throw damaged(name, "the checksum of its header is wrong");
            }
            var header = SessionHeader.decode(Arrays.copyOfRange(head, PREFIX_BYTES, head.length));
            var file = new SessionFile(path, name, header);
            if (header.stateBytes() > Integer.MAX_VALUE || channel.size() != file.stateOffset() + header.stateBytes()) {
                throw damaged(name, "it has " + channel.size() + " bytes");
            }
            return Optional.of(file);
        } catch (NoSuchFileException none) {
            return Optional.empty();
        } catch (IOException unreadable) {
            throw new WorkerException(damaged(name, "it cannot be read").failure(), unreadable);
        }
    }

    /**
     * Refuses a session that was made with something else.
     *
     * @throws WorkerException FAILED_PRECONDITION that says with what
     */
    void requireOrigin(SessionHeader.Origin expected) {
        var actual = header.origin();
        requireSame("model sha256", actual.model(), expected.model());
        requireSame("llama.cpp", actual.engine(), expected.engine());
        requireSame("kv_type_k", actual.keyType(), expected.keyType());
        requireSame("kv_type_v", actual.valueType(), expected.valueType());
        requireSame("flash_attention", actual.flashAttention(), expected.flashAttention());
        requireSame("lora", actual.adapters(), expected.adapters());
    }

    private void requireSame(String what, String actual, String expected) {
        if (!actual.equals(expected)) {
            throw WorkerFailure.of(
                            FailureKind.FAILED_PRECONDITION,
                            "session " + name + " was made with " + what + " \"" + actual + "\" (expected: \""
                                    + expected + "\"; delete the session, or use another)")
                    .asException();
        }
    }

    /**
     * The state, read into native memory and verified there, so that what was checked is what is used.
     *
     * @throws WorkerException FAILED_PRECONDITION if it is damaged
     */
    ByteBuffer state() {
        try (var channel = FileChannel.open(path, READ, LinkOption.NOFOLLOW_LINKS)) {
            if (channel.size() != stateOffset() + header.stateBytes()) {
                throw damaged(name, "it was replaced meanwhile");
            }
            var state = ByteBuffer.allocateDirect(Math.toIntExact(header.stateBytes()));
            fill(state, channel, stateOffset(), name);
            if (!header.hasSha256(sha256(state.duplicate()))) {
                throw damaged(name, "its checksum is wrong");
            }
            // Native code makes room for as many cells as the state names, before it looks any further.
            var cells = cells(state.duplicate().order(ByteOrder.LITTLE_ENDIAN));
            if (cells < 1 || cells > header.tokens().length) {
                throw damaged(name, "its state has " + cells + " cells for " + header.tokens().length + " tokens");
            }
            return state;
        } catch (IOException unreadable) {
            throw new WorkerException(damaged(name, "it cannot be read").failure(), unreadable);
        }
    }

    /**
     * Each stream's count of cells is followed by these cells. All are the sequence's own in one stream of a shared cache,
     * and in one of many streams, the others empty, where sequences are separate. -1 for what cannot be either.
     */
    private static int cells(ByteBuffer state) {
        var streams = state.capacity() < STREAMS_AT + Integer.BYTES ? -1 : state.getInt(STREAMS_AT);
        if (streams < 1 || streams > MAX_STREAMS || state.capacity() < STREAMS_AT + (1 + streams) * Integer.BYTES) {
            return -1;
        }
        var stream = 0;
        while (stream < streams - 1 && state.getInt(STREAMS_AT + (1 + stream) * Integer.BYTES) == 0) {
            stream++;
        }
        for (int after = streams - 1 - stream; after > 0; after--) {
            if (state.getInt(state.capacity() - after * Integer.BYTES) != 0) {
                return -1;
            }
        }
        return state.getInt(STREAMS_AT + (1 + stream) * Integer.BYTES);
    }

    private long stateOffset() {
        return offset(header.encode().length);
    }

    static long offset(int headerBytes) {
        return (long) PREFIX_BYTES + headerBytes + SessionHeader.SHA256_BYTES;
    }

    /** What stands before the state. */
    static ByteBuffer head(SessionHeader header) {
        var encoded = header.encode();
        var head = ByteBuffer.allocate(PREFIX_BYTES + encoded.length)
                .putLong(MAGIC)
                .putInt(encoded.length)
                .put(encoded)
                .flip();
        return ByteBuffer.allocate(head.capacity() + SessionHeader.SHA256_BYTES)
                .put(head.duplicate())
                .put(sha256(head))
                .flip();
    }

    static byte[] sha256(ByteBuffer bytes) {
        try {
            var digest = MessageDigest.getInstance("SHA-256");
            digest.update(bytes.duplicate());
            return digest.digest();
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
    }

    private static byte[] read(FileChannel channel, long from, int count, String name) throws IOException {
        var buffer = ByteBuffer.allocate(count);
        fill(buffer, channel, from, name);
        return buffer.array();
    }

    private static void fill(ByteBuffer buffer, FileChannel channel, long from, String name) throws IOException {
        while (buffer.hasRemaining()) {
            if (channel.read(buffer, from + buffer.position()) < 0) {
                throw damaged(name, "it ends too early");
            }
        }
        buffer.flip();
    }

    private static WorkerException damaged(String name, String what) {
        return WorkerFailure.of(
                        FailureKind.FAILED_PRECONDITION,
                        "session " + name + " is damaged: " + what + " (expected: what was saved; delete the session)")
                .asException();
    }
}
