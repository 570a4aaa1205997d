package dev.quantgate.worker.llamacpp.generate;

import dev.quantgate.natives.llama.Vocabulary;
import dev.quantgate.worker.llamacpp.text.Utf8Assembler;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Map;
import java.util.concurrent.atomic.AtomicReferenceArray;
import org.jspecify.annotations.Nullable;

/** The texts of a vocabulary's tokens, made once for each token that occurs. Thread-safe. */
final class Pieces {
    private final Vocabulary vocabulary;
    private final AtomicReferenceArray<@Nullable Piece> cache;

    /** The bytes of a token; {@code text} is empty unless they are whole characters. */
    @SuppressWarnings("ArrayRecordComponent") // Never compared, never changed.
    record Piece(byte[] bytes, @Nullable String text) {}

    Pieces(Vocabulary vocabulary) {
        this.vocabulary = vocabulary;
        cache = new AtomicReferenceArray<>(vocabulary.size());
    }

    Vocabulary vocabulary() {
        return vocabulary;
    }

    /** The characters that a token completes; control tokens have a text only if it is given. */
    String push(Utf8Assembler assembler, int token, Map<Integer, String> controlTexts) {
        var control = controlTexts.isEmpty() ? null : controlTexts.get(token);
        if (control != null) {
            return assembler.push(control.getBytes(StandardCharsets.UTF_8));
        }
        var piece = piece(token);
        return assembler.isEmpty() && piece.text() != null ? piece.text() : assembler.push(piece.bytes());
    }

    Piece piece(int token) {
        var piece = cache.get(token);
        if (piece == null) {
            piece = read(token);
            cache.set(token, piece);
        }
        return piece;
    }

    private Piece read(int token) {
        var bytes = vocabulary.piece(token);
        var text = new String(bytes, StandardCharsets.UTF_8);
        var whole = Arrays.equals(bytes, text.getBytes(StandardCharsets.UTF_8));
        return new Piece(bytes, whole ? text : null);
    }
}
