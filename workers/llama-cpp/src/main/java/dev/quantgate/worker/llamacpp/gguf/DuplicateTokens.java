package dev.quantgate.worker.llamacpp.gguf;

import java.io.IOException;
import java.util.Arrays;

/**
 * Finds entries that occur twice in a vocabulary, on which llama.cpp aborts the process.
 *
 * <p>Keeps 64 bits per entry in a table at most half full, so at most 32 bytes for every 8 bytes of the file; texts
 * are read again only where two hashes agree.
 */
final class DuplicateTokens {
    private final WindowReader reader;
    private final BytesHash hash;

    DuplicateTokens(WindowReader reader, BytesHash hash) {
        this.reader = reader;
        this.hash = hash;
    }

    void check(String key, GgufValue.Elements tokens) throws IOException {
        long[] seen = new long[Integer.highestOneBit(Math.max(1, (int) tokens.count())) << 2];
        reader.moveTo(tokens.offsetBytes());
        for (int i = 0; i < tokens.count(); i++) {
            int length = length(key, i);
            int start = reader.take(key, length);
            int end = endOfText(reader.array(), start, length);
            // llama.cpp gives each empty entry a name of its own.
            if (end > start && !insert(seen, hash.hash(reader.array(), start, end - start) | 1)) {
                byte[] text = Arrays.copyOfRange(reader.array(), start, end);
                requireNotBefore(key, tokens, text, i);
            }
        }
    }

    private int length(String key, int index) throws IOException {
        long length = reader.i64(key);
        if (length < 0 || length > VocabularyReader.MAX_TOKEN_BYTES) {
            throw new GgufFormatException(
                    key + "[" + index + "]",
                    Long.toUnsignedString(length) + " bytes",
                    "at most " + VocabularyReader.MAX_TOKEN_BYTES + " bytes");
        }
        return (int) length;
    }

    /** Native code sees strings that end at the first NUL. */
    private static int endOfText(byte[] bytes, int start, int length) {
        int end = start;
        while (end < start + length && bytes[end] != 0) {
            end++;
        }
        return end;
    }

    private static boolean insert(long[] seen, long hash) {
        int slot = (int) (hash >>> 32) & (seen.length - 1);
        while (seen[slot] != 0) {
            if (seen[slot] == hash) {
                return false;
            }
            slot = (slot + 1) & (seen.length - 1);
        }
        seen[slot] = hash;
        return true;
    }

    /** Compares texts, because hashes may agree by chance; then goes on behind the entry in question. */
    private void requireNotBefore(String key, GgufValue.Elements tokens, byte[] text, int index) throws IOException {
        long resumeAt = reader.position();
        reader.moveTo(tokens.offsetBytes());
        for (int i = 0; i < index; i++) {
            int length = length(key, i);
            int start = reader.take(key, length);
            int end = endOfText(reader.array(), start, length);
            if (Arrays.equals(reader.array(), start, end, text, 0, text.length)) {
                throw new GgufFormatException(
                        key + "[" + index + "]",
                        Utf8.lenient(text),
                        "an entry that occurs once, but it is also [" + i + "]");
            }
        }
        reader.moveTo(resumeAt);
    }
}
