package dev.quantgate.worker.llamacpp.gguf;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;

/** Strict decoding of the strings that name things. */
final class Utf8 {
    private Utf8() {}

    /** Decodes a name: well-formed UTF-8 without NUL, at which native code would cut it. */
    static String name(String field, byte[] bytes) throws GgufFormatException {
        String text = strict(field, bytes);
        if (text.indexOf('\0') >= 0) {
            throw new GgufFormatException(field, text, "a name without NUL");
        }
        return text;
    }

    static String strict(String field, byte[] bytes) throws GgufFormatException {
        try {
            return StandardCharsets.UTF_8
                    .newDecoder()
                    .onMalformedInput(CodingErrorAction.REPORT)
                    .onUnmappableCharacter(CodingErrorAction.REPORT)
                    .decode(ByteBuffer.wrap(bytes))
                    .toString();
        } catch (CharacterCodingException malformed) {
            throw new GgufFormatException(field, lenient(bytes), "well-formed UTF-8");
        }
    }

    static String lenient(byte[] bytes) {
        return new String(bytes, StandardCharsets.UTF_8);
    }
}
