package dev.quantgate.worker.llamacpp.gguf;

import java.io.IOException;
import java.util.BitSet;

/**
 * Requires a token for every byte, which SentencePiece vocabularies fall back to: for a byte without one llama.cpp's
 * {@code llama_vocab::byte_to_token} throws out of the tokenizer, which ends a process that does not expect it.
 */
final class ByteTokens {
    private static final String HEX = "0123456789ABCDEF";
    // <0x41>
    private static final int NOTATION_LENGTH = 6;

    private final WindowReader reader;
    private final BitSet present = new BitSet(256);

    ByteTokens(WindowReader reader) {
        this.reader = reader;
    }

    /** Lengths of the entries have been checked. */
    void requireAll(String key, GgufValue.Elements tokens) throws IOException {
        reader.moveTo(tokens.offsetBytes());
        for (long i = 0; i < tokens.count(); i++) {
            long length = reader.i64(key);
            if (length == NOTATION_LENGTH || length == 1) {
                add(reader.array(), reader.take(key, (int) length), (int) length);
            } else {
                reader.skip(key, length);
            }
        }
        int missing = present.nextClearBit(0);
        if (missing < 256) {
            throw new GgufFormatException(
                    key,
                    "no token for byte " + missing,
                    String.format("a token such as <0x%02X> for every byte", missing));
        }
    }

    private void add(byte[] bytes, int start, int length) {
        if (length == 1) {
            // Native code takes NUL for the end of the text.
            if (bytes[start] != 0) {
                present.set(Byte.toUnsignedInt(bytes[start]));
            }
            return;
        }
        int high = HEX.indexOf(bytes[start + 3]);
        int low = HEX.indexOf(bytes[start + 4]);
        boolean notation =
                bytes[start] == '<' && bytes[start + 1] == '0' && bytes[start + 2] == 'x' && bytes[start + 5] == '>';
        if (notation && high >= 0 && low >= 0) {
            present.set(high * 16 + low);
        }
    }
}
