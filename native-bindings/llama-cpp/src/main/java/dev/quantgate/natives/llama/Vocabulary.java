package dev.quantgate.natives.llama;

import static dev.quantgate.natives.llama.bindings.global.llama.llama_detokenize;
import static dev.quantgate.natives.llama.bindings.global.llama.llama_model_get_vocab;
import static dev.quantgate.natives.llama.bindings.global.llama.llama_tokenize;
import static dev.quantgate.natives.llama.bindings.global.llama.llama_vocab_bos;
import static dev.quantgate.natives.llama.bindings.global.llama.llama_vocab_eos;
import static dev.quantgate.natives.llama.bindings.global.llama.llama_vocab_eot;
import static dev.quantgate.natives.llama.bindings.global.llama.llama_vocab_get_add_bos;
import static dev.quantgate.natives.llama.bindings.global.llama.llama_vocab_get_text;
import static dev.quantgate.natives.llama.bindings.global.llama.llama_vocab_n_tokens;

import dev.quantgate.natives.llama.bindings.llama_model;
import dev.quantgate.natives.llama.bindings.llama_vocab;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.OptionalInt;
import java.util.function.Function;
import org.bytedeco.javacpp.BytePointer;
import org.jspecify.annotations.Nullable;

/** The tokens of a model and the way between them and text. Safe for any number of threads. */
public final class Vocabulary {
    // llama_token_null, and more than any tokenizer adds around a text.
    private static final int NO_TOKEN = -1;
    private static final int ADDED_TOKENS = 8;

    private final SharedHandle<llama_model> model;
    private final llama_vocab pointer;
    private final int size;
    private final int bos;
    private final int eos;
    private final int eot;
    private final boolean addsBos;
    private volatile @Nullable TokenTable table;

    Vocabulary(SharedHandle<llama_model> handle, llama_model model) {
        this.model = handle;
        pointer = llama_model_get_vocab(model);
        size = llama_vocab_n_tokens(pointer);
        bos = llama_vocab_bos(pointer);
        eos = llama_vocab_eos(pointer);
        eot = llama_vocab_eot(pointer);
        addsBos = llama_vocab_get_add_bos(pointer);
    }

    /** Returns the number of tokens; ids run from 0 to one less. */
    public int size() {
        return size;
    }

    /** Returns the token that begins a sequence. */
    public OptionalInt bos() {
        return optional(bos);
    }

    /** Returns the token that ends a text. */
    public OptionalInt eos() {
        return optional(eos);
    }

    /** Returns the token that ends a turn of a chat. */
    public OptionalInt eot() {
        return optional(eot);
    }

    /** Returns whether the model wants a {@link #bos} before a text. */
    public boolean addsBos() {
        return addsBos;
    }

    /** Returns the tokens of a text; see {@link #tokenize(byte[], boolean, boolean)}. */
    public int[] tokenize(String text, boolean addSpecial, boolean parseSpecial) {
        return tokenize(text.getBytes(StandardCharsets.UTF_8), addSpecial, parseSpecial);
    }

    /**
     * Returns the tokens of a text.
     *
     * @param utf8 the text
     * @param addSpecial add the tokens that the model wants at both ends
     * @param parseSpecial read the names of control tokens, such as {@code <|im_end|>}, as those tokens; never do this
     *     with text from outside, which could then end the prompt or forge a turn
     */
    public int[] tokenize(byte[] utf8, boolean addSpecial, boolean parseSpecial) {
        return use(vocab -> {
            try (BytePointer text = new BytePointer(Math.max(1, utf8.length))) {
                text.put(utf8, 0, utf8.length);
                int[] tokens = new int[utf8.length + ADDED_TOKENS];
                int count = llama_tokenize(vocab, text, utf8.length, tokens, tokens.length, addSpecial, parseSpecial);
                if (count < 0) {
                    if (count == Integer.MIN_VALUE) {
                        throw new LlamaException("the text has too many tokens");
                    }
                    tokens = new int[-count];
                    count = llama_tokenize(vocab, text, utf8.length, tokens, tokens.length, addSpecial, parseSpecial);
                }
                return Arrays.copyOf(tokens, count);
            }
        });
    }

    /**
     * Returns tokens of one byte each that put together are exactly a text. {@link #tokenize} may change the text, and
     * then a grammar does not recognise it: tokenizers of the SentencePiece kind add a space behind control tokens.
     *
     * @throws LlamaException when the vocabulary has no token for a byte
     */
    public int[] spell(String text) {
        return table().spell(text.getBytes(StandardCharsets.UTF_8));
    }

    /**
     * Returns the text of tokens as UTF-8; a cut sequence of tokens may end within a character.
     *
     * @param renderSpecial whether control tokens appear by name instead of not at all
     */
    public byte[] detokenize(int[] tokens, boolean renderSpecial) {
        for (int token : tokens) {
            requireToken(token);
        }
        return use(vocab -> {
            byte[] text = new byte[8 * tokens.length + ADDED_TOKENS];
            int length = llama_detokenize(vocab, tokens, tokens.length, text, text.length, false, renderSpecial);
            if (length < 0) {
                text = new byte[-length];
                length = llama_detokenize(vocab, tokens, tokens.length, text, text.length, false, renderSpecial);
            }
            return Arrays.copyOf(text, length);
        });
    }

    /** Returns the bytes that a token adds to a text, none for a control token. May be a part of a character. */
    public byte[] piece(int token) {
        return table().piece(requireToken(token));
    }

    /** Copies the bytes of {@link #piece} into a buffer without allocating, and returns how many there are. */
    public int copyPiece(int token, byte[] target, int offset) {
        return table().copyPiece(requireToken(token), target, offset);
    }

    /** Returns how many bytes {@link #piece} has. */
    public int pieceLength(int token) {
        return table().pieceLength(requireToken(token));
    }

    /** Returns the entry of a token as the file spells it, such as {@code <|im_end|>}. */
    public String text(int token) {
        requireToken(token);
        return use(vocab -> llama_vocab_get_text(vocab, token).getString(StandardCharsets.UTF_8));
    }

    /** Returns whether a token ends a generation. */
    public boolean isEndOfGeneration(int token) {
        return table().endsGeneration(requireToken(token));
    }

    /** Returns whether a token is a control token. */
    public boolean isControl(int token) {
        return table().isControl(requireToken(token));
    }

    <T> T use(Function<llama_vocab, T> call) {
        model.acquire();
        try {
            return call.apply(pointer);
        } catch (RuntimeException e) {
            throw NativeErrors.translate(e);
        } finally {
            model.release();
        }
    }

    private TokenTable table() {
        TokenTable result = table;
        if (result == null) {
            // Two threads may read it at once; both get the same.
            result = use(TokenTable::read);
            table = result;
        }
        return result;
    }

    private int requireToken(int token) {
        if (token < 0 || token >= size) {
            throw new IllegalArgumentException("token: " + token + " (expected: 0 to " + (size - 1) + ")");
        }
        return token;
    }

    private static OptionalInt optional(int token) {
        return token == NO_TOKEN ? OptionalInt.empty() : OptionalInt.of(token);
    }
}
