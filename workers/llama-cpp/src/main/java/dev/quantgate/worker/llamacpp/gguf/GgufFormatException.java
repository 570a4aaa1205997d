package dev.quantgate.worker.llamacpp.gguf;

import java.io.IOException;

/**
 * A model or importance-matrix file that breaks its format or a limit set for it.
 *
 * <p>The message reads {@code field: value (expected: ...)}. Text that comes from the file is shortened and its
 * control characters are escaped, so that it is fit for logs and for clients.
 */
public final class GgufFormatException extends IOException {
    private static final int MAX_TEXT_LENGTH = 96;

    private final String field;

    GgufFormatException(String field, Object value, String expected) {
        super(printable(field) + ": " + printable(String.valueOf(value)) + " (expected: " + expected + ")");
        this.field = printable(field);
    }

    /** The metadata key, tensor name or header field at fault. */
    public String field() {
        return field;
    }

    static String printable(String text) {
        StringBuilder printable = new StringBuilder();
        text.codePoints().limit(MAX_TEXT_LENGTH).forEach(point -> {
            if (Character.isISOControl(point) || Character.getType(point) == Character.FORMAT || isSurrogate(point)) {
                printable.append(String.format("\\u%04x", point));
            } else {
                printable.appendCodePoint(point);
            }
        });
        return text.codePointCount(0, text.length()) > MAX_TEXT_LENGTH ? printable + "..." : printable.toString();
    }

    private static boolean isSurrogate(int point) {
        return point <= Character.MAX_VALUE && Character.isSurrogate((char) point);
    }
}
