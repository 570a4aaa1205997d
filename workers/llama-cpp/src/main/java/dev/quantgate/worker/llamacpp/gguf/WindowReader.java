package dev.quantgate.worker.llamacpp.gguf;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/** Reads little-endian values through a sliding window. Every read names its field, for the message when bytes run out. */
final class WindowReader {
    /** Also the longest run of bytes that {@link #take} can show at once. */
    static final int WINDOW_BYTES = 128 * 1024;

    private final ByteSource source;
    private final ByteBuffer window;
    private long windowStart;

    WindowReader(ByteSource source) {
        this.source = source;
        this.window = ByteBuffer.allocate((int) Math.min(WINDOW_BYTES, source.sizeBytes()))
                .order(ByteOrder.LITTLE_ENDIAN)
                .limit(0);
    }

    long position() {
        return windowStart + window.position();
    }

    long remaining() {
        return source.sizeBytes() - position();
    }

    /** Moves to a position inside the source. */
    void moveTo(long position) {
        long offset = position - windowStart;
        if (offset >= 0 && offset <= window.limit()) {
            window.position((int) offset);
        } else {
            windowStart = position;
            window.position(0).limit(0);
        }
    }

    void skip(String field, long bytes) throws IOException {
        require(field, bytes);
        moveTo(position() + bytes);
    }

    /**
     * Steps over strings that are preceded by their length. Works on the bare window, because models hold 100,000 and
     * more of them and the code is still interpreted when the first model is verified.
     *
     * @return the lengths of the shortest and of the longest in bytes; both 0 when there are none
     */
    StringLengths skipStrings(String field, long count, int maxBytes) throws IOException {
        byte[] bytes = window.array();
        int shortest = count == 0 ? 0 : Integer.MAX_VALUE;
        int longest = 0;
        int at = window.position();
        for (long i = 0; i < count; i++) {
            if (window.limit() - at < Long.BYTES) {
                window.position(at);
                ensure(field, Long.BYTES);
                at = window.position();
            }
            long length = longAt(bytes, at);
            at += Long.BYTES;
            if (length < 0 || length > window.limit() - at) {
                window.position(at);
                require(field, length);
                requireAtMost(field, length, maxBytes);
                moveTo(position() + length);
                at = window.position();
            } else {
                requireAtMost(field, length, maxBytes);
                at += (int) length;
            }
            shortest = Math.min(shortest, (int) length);
            longest = Math.max(longest, (int) length);
        }
        window.position(at);
        return new StringLengths(shortest, longest);
    }

    /** Lengths in bytes. */
    record StringLengths(int shortest, int longest) {}

    private static long longAt(byte[] bytes, int at) {
        return (bytes[at] & 0xffL)
                | (bytes[at + 1] & 0xffL) << 8
                | (bytes[at + 2] & 0xffL) << 16
                | (bytes[at + 3] & 0xffL) << 24
                | (bytes[at + 4] & 0xffL) << 32
                | (bytes[at + 5] & 0xffL) << 40
                | (bytes[at + 6] & 0xffL) << 48
                | (bytes[at + 7] & 0xffL) << 56;
    }

    private static void requireAtMost(String field, long length, int maxBytes) throws GgufFormatException {
        if (length > maxBytes) {
            throw new GgufFormatException(field, length + " bytes", "at most " + maxBytes + " bytes");
        }
    }

    int u8(String field) throws IOException {
        ensure(field, 1);
        return Byte.toUnsignedInt(window.get());
    }

    short i16(String field) throws IOException {
        ensure(field, 2);
        return window.getShort();
    }

    int i32(String field) throws IOException {
        ensure(field, 4);
        return window.getInt();
    }

    long i64(String field) throws IOException {
        ensure(field, 8);
        return window.getLong();
    }

    float f32(String field) throws IOException {
        ensure(field, 4);
        return window.getFloat();
    }

    double f64(String field) throws IOException {
        ensure(field, 8);
        return window.getDouble();
    }

    /** A copy of the next bytes; the caller has bounded the count. */
    byte[] bytes(String field, int count) throws IOException {
        require(field, count);
        byte[] copy = new byte[count];
        int done = 0;
        while (done < count) {
            int step = Math.min(count - done, window.capacity());
            ensure(field, step);
            window.get(copy, done, step);
            done += step;
        }
        return copy;
    }

    /** Steps over the next bytes, at most {@link #WINDOW_BYTES}, and returns where they start in {@link #array()}. */
    int take(String field, int count) throws IOException {
        ensure(field, count);
        int start = window.position();
        window.position(start + count);
        return start;
    }

    /** The window's bytes; valid until the next read. */
    byte[] array() {
        return window.array();
    }

    /** Refuses a count of bytes that the source does not hold any more. */
    void require(String field, long bytes) throws GgufFormatException {
        if (bytes < 0 || bytes > remaining()) {
            throw new GgufFormatException(
                    field,
                    Long.toUnsignedString(bytes) + " bytes",
                    "at most the " + remaining() + " bytes left in the file; it is truncated or corrupt");
        }
    }

    private void ensure(String field, int bytes) throws IOException {
        if (window.remaining() < bytes) {
            refill(field, bytes);
        }
    }

    private void refill(String field, int bytes) throws IOException {
        require(field, bytes);
        windowStart = position();
        window.clear().limit((int) Math.min(window.capacity(), source.sizeBytes() - windowStart));
        source.read(windowStart, window);
        window.flip();
    }
}
