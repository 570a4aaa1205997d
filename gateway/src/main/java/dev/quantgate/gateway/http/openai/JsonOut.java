package dev.quantgate.gateway.http.openai;

import io.vertx.core.buffer.Buffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * A growing buffer of JSON in UTF-8, written piece by piece: the caller sets braces and commas. Reused from write to
 * write, so that a streamed token costs one copy. Not thread-safe.
 */
final class JsonOut {
    private static final byte[] HEX = ascii("0123456789abcdef");
    /** Stands for a probability of zero, whose logarithm JSON cannot write. */
    private static final float LEAST_LOGPROB = -9999f;

    private byte[] bytes = new byte[1024];
    private int length;

    /** The bytes of a piece of JSON that is written often. */
    static byte[] ascii(String json) {
        return json.getBytes(StandardCharsets.US_ASCII);
    }

    boolean isEmpty() {
        return length == 0;
    }

    /** Takes what was written out of the buffer. */
    Buffer take() {
        var taken = Buffer.buffer(Arrays.copyOf(bytes, length));
        length = 0;
        return taken;
    }

    JsonOut raw(byte[] json) {
        reserve(json.length);
        System.arraycopy(json, 0, bytes, length, json.length);
        length += json.length;
        return this;
    }

    /** Appends ASCII as it is. */
    JsonOut raw(String json) {
        reserve(json.length());
        for (int i = 0; i < json.length(); i++) {
            bytes[length++] = (byte) json.charAt(i);
        }
        return this;
    }

    JsonOut number(long value) {
        if (value >= 0 && value < 10) {
            return raw((char) ('0' + value));
        }
        return raw(Long.toString(value));
    }

    /** Appends a finite number. */
    JsonOut number(double value) {
        return raw(Double.toString(value));
    }

    /** Appends a component of a vector; what JSON has no number for becomes 0. */
    JsonOut number(float value) {
        return Float.isFinite(value) ? raw(Float.toString(value)) : raw('0');
    }

    JsonOut logprob(float value) {
        return raw(Float.toString(value > LEAST_LOGPROB ? value : LEAST_LOGPROB));
    }

    /** Appends {@code text} with quotes; a lone surrogate becomes the replacement character. */
    JsonOut string(String text) {
        raw('"').text(text);
        return raw('"');
    }

    /** Appends {@code text} escaped for the inside of a string. */
    void text(String text) {
        // A character is one to three bytes, a surrogate pair four, an escape six.
        reserve(text.length() * 6);
        for (int i = 0; i < text.length(); i++) {
            var c = text.charAt(i);
            if (c < 0x80) {
                oneByte(c);
            } else if (c < 0x800) {
                put(0xc0 | c >> 6, tail(c));
            } else if (!Character.isSurrogate(c)) {
                put(0xe0 | c >> 12, tail(c >> 6), tail(c));
            } else if (i + 1 < text.length() && Character.isSurrogatePair(c, text.charAt(i + 1))) {
                var point = Character.toCodePoint(c, text.charAt(++i));
                put(0xf0 | point >> 18, tail(point >> 12), tail(point >> 6), tail(point));
            } else {
                put(0xef, 0xbf, 0xbd);
            }
        }
    }

    private static int tail(int bits) {
        return 0x80 | (bits & 0x3f);
    }

    private JsonOut raw(char ascii) {
        reserve(1);
        bytes[length++] = (byte) ascii;
        return this;
    }

    private void oneByte(char c) {
        switch (c) {
            case '"', '\\' -> put('\\', c);
            case '\n' -> put('\\', 'n');
            case '\r' -> put('\\', 'r');
            case '\t' -> put('\\', 't');
            default -> {
                if (c < 0x20) {
                    put('\\', 'u', '0', '0');
                    put(HEX[c >> 4], HEX[c & 0xf]);
                } else {
                    bytes[length++] = (byte) c;
                }
            }
        }
    }

    private void put(int first, int second) {
        bytes[length++] = (byte) first;
        bytes[length++] = (byte) second;
    }

    private void put(int first, int second, int third) {
        put(first, second);
        bytes[length++] = (byte) third;
    }

    private void put(int first, int second, int third, int fourth) {
        put(first, second);
        put(third, fourth);
    }

    private void reserve(int more) {
        if (bytes.length - length < more) {
            bytes = Arrays.copyOf(bytes, Math.max(length + more, 2 * bytes.length));
        }
    }
}
