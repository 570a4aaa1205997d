package dev.quantgate.worker.llamacpp.text;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * Joins the bytes of tokens into whole characters. Keeps at most three bytes of a character that is not complete yet;
 * bytes that can never become one turn into U+FFFD. Not thread-safe.
 */
public final class Utf8Assembler {
    private static final byte[] NOTHING = {};

    private byte[] pending = NOTHING;

    public boolean isEmpty() {
        return pending.length == 0;
    }

    /** Returns the characters that are complete now. */
    public String push(byte[] bytes) {
        var all = pending.length == 0 ? bytes : join(pending, bytes);
        var complete = all.length - incompleteTail(all);
        pending = complete == all.length ? NOTHING : Arrays.copyOfRange(all, complete, all.length);
        return new String(all, 0, complete, StandardCharsets.UTF_8);
    }

    /** Number of bytes at the end that begin a character which more bytes could complete. */
    static int incompleteTail(byte[] bytes) {
        for (int back = 1; back <= Math.min(3, bytes.length); back++) {
            var lead = bytes[bytes.length - back];
            if (isContinuation(lead)) {
                continue;
            }
            return sequenceLength(lead) > back && canContinue(bytes, bytes.length - back) ? back : 0;
        }
        return 0;
    }

    /** Whether the second byte, if it is there, is one that may follow the lead (no surrogates, nothing overlong). */
    private static boolean canContinue(byte[] bytes, int at) {
        if (at + 1 >= bytes.length) {
            return true;
        }
        var second = bytes[at + 1] & 0xff;
        return switch (bytes[at] & 0xff) {
            case 0xe0 -> second >= 0xa0;
            case 0xed -> second <= 0x9f;
            case 0xf0 -> second >= 0x90;
            case 0xf4 -> second <= 0x8f;
            default -> true;
        };
    }

    private static int sequenceLength(byte lead) {
        var value = lead & 0xff;
        if (value >= 0xc2 && value <= 0xdf) {
            return 2;
        }
        if (value >= 0xe0 && value <= 0xef) {
            return 3;
        }
        return value >= 0xf0 && value <= 0xf4 ? 4 : 1;
    }

    private static boolean isContinuation(byte value) {
        return (value & 0xc0) == 0x80;
    }

    private static byte[] join(byte[] first, byte[] second) {
        var all = Arrays.copyOf(first, first.length + second.length);
        System.arraycopy(second, 0, all, first.length, second.length);
        return all;
    }
}
