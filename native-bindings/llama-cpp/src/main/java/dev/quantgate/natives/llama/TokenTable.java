package dev.quantgate.natives.llama;

import static dev.quantgate.natives.llama.bindings.global.llama.llama_vocab_n_tokens;
import static dev.quantgate.natives.llama.bindings.global.llama.qg_vocab_table;

import dev.quantgate.natives.llama.bindings.llama_vocab;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;

/** The bytes and flags of every token, copied out of native code once so that streaming text costs no native call. */
final class TokenTable {
    private static final int ENDS_GENERATION = 1;
    private static final int CONTROL = 2;
    private static final int NO_TOKEN = -1;

    private final int[] ends;
    private final byte[] flags;
    private final byte[] pieces;
    private final int[] byteTokens = new int[256];

    private TokenTable(int[] ends, byte[] flags, byte[] pieces) {
        this.ends = ends;
        this.flags = flags;
        this.pieces = pieces;
        Arrays.fill(byteTokens, NO_TOKEN);
        for (int token = 0; token < ends.length; token++) {
            if (pieceLength(token) == 1 && !endsGeneration(token)) {
                byteTokens[Byte.toUnsignedInt(pieces[start(token)])] = token;
            }
        }
    }

    static TokenTable read(llama_vocab vocab) {
        int size = llama_vocab_n_tokens(vocab);
        ByteBuffer bytes =
                ByteBuffer.wrap(NativeText.takeBytes(qg_vocab_table(vocab))).order(ByteOrder.nativeOrder());
        int[] ends = new int[size];
        bytes.asIntBuffer().get(ends);
        bytes.position(size * Integer.BYTES);
        byte[] flags = new byte[size];
        bytes.get(flags);
        byte[] pieces = new byte[bytes.remaining()];
        bytes.get(pieces);
        return new TokenTable(ends, flags, pieces);
    }

    byte[] piece(int token) {
        return Arrays.copyOfRange(pieces, start(token), ends[token]);
    }

    int copyPiece(int token, byte[] target, int offset) {
        int length = pieceLength(token);
        System.arraycopy(pieces, start(token), target, offset, length);
        return length;
    }

    int pieceLength(int token) {
        return ends[token] - start(token);
    }

    int[] spell(byte[] text) {
        int[] tokens = new int[text.length];
        for (int i = 0; i < text.length; i++) {
            int value = Byte.toUnsignedInt(text[i]);
            tokens[i] = byteTokens[value];
            if (tokens[i] == NO_TOKEN) {
                throw new LlamaException(String.format("the vocabulary has no token for the byte 0x%02X", value));
            }
        }
        return tokens;
    }

    boolean endsGeneration(int token) {
        return (flags[token] & ENDS_GENERATION) != 0;
    }

    boolean isControl(int token) {
        return (flags[token] & CONTROL) != 0;
    }

    private int start(int token) {
        return token == 0 ? 0 : ends[token - 1];
    }
}
