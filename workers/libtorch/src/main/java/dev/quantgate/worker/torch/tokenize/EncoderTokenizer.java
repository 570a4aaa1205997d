package dev.quantgate.worker.torch.tokenize;

import ai.djl.huggingface.tokenizers.Encoding;
import ai.djl.huggingface.tokenizers.HuggingFaceTokenizer;
import ai.djl.huggingface.tokenizers.jni.CharSpan;
import dev.quantgate.worker.torch.model.EncoderConfig;
import dev.quantgate.worker.torch.model.InvalidModelException;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A model's tokenizer. It never cuts and never pads: {@link TextFitter} does, so that every cut is seen.
 *
 * <p>Thread-safe; owns native memory until closed. Works without a network.
 */
public final class EncoderTokenizer implements AutoCloseable {

    private static final Map<String, String> WHOLE_TEXTS = Map.of("truncation", "false", "padding", "false");

    private static final String CACHE_KEY = "ENGINE_CACHE_DIR";

    static {
        // Its native library is inside the jar; never look for one elsewhere.
        if (System.getProperty("ai.djl.offline") == null) {
            System.setProperty("ai.djl.offline", "true");
        }
    }

    private final HuggingFaceTokenizer tokenizer;
    private final String maskToken;
    private final int maxTokens;
    private final TokenizerFiles files;
    private @Nullable HuggingFaceTokenizer literal;
    private @Nullable Set<Long> specialIds;

    private EncoderTokenizer(HuggingFaceTokenizer tokenizer, TokenizerFiles files, String maskToken, int maxTokens) {
        this.tokenizer = tokenizer;
        this.files = files;
        this.maskToken = maskToken;
        this.maxTokens = maxTokens;
    }

    /**
     * Loads the tokenizer of a model folder.
     *
     * @throws InvalidModelException when its files are missing or malformed
     */
    public static EncoderTokenizer load(Path folder, EncoderConfig config) throws IOException {
        TokenizerFiles files = new TokenizerFiles(folder, config.family());
        int maxTokens = Math.min(config.maxTokens(), files.maxTokens().orElse(config.maxTokens()));
        return new EncoderTokenizer(open(files.definition()), files, files.maskToken(), maxTokens);
    }

    private static HuggingFaceTokenizer open(String definition) throws IOException {
        try {
            return HuggingFaceTokenizer.newInstance(
                    new ByteArrayInputStream(definition.getBytes(StandardCharsets.UTF_8)), WHOLE_TEXTS);
        } catch (RuntimeException e) {
            throw new InvalidModelException("tokenizer: not a definition that can be used", e);
        }
    }

    /** Names the folder that the tokenizer's native library is unpacked into, unless the environment names one. */
    public static void unpackInto(Path folder) {
        if (System.getenv(CACHE_KEY) == null && System.getProperty(CACHE_KEY) == null) {
            System.setProperty(CACHE_KEY, folder.toString());
        }
    }

    /** Most tokens of one input, by the model and by its tokenizer's files. */
    public int maxTokens() {
        return maxTokens;
    }

    /** Text of the token that stands for a gap. */
    public String maskToken() {
        return maskToken;
    }

    /** Token id of the gap. */
    public long maskId() {
        long[] ids = tokenizer.encode(maskToken, false, false).getIds();
        if (ids.length != 1) {
            throw new InvalidModelException("tokenizer: mask token '" + maskToken + "' is not one token");
        }
        return ids[0];
    }

    /** Tokens of a text, with the special tokens around it. */
    public TokenizedText encode(String text) {
        return convert(tokenizer.encode(text, true, false));
    }

    /** Tokens of a text and a second one, or of the first alone. */
    public TokenizedText encode(String text, @Nullable String pair) {
        return pair == null ? encode(text) : convert(tokenizer.encode(text, pair, true, false));
    }

    /**
     * Tokens of a text.
     *
     * @param addSpecial whether the special tokens stand around it
     * @param parseSpecial whether the names of special tokens in the text are read as those tokens
     */
    public TokenizedText encode(String text, boolean addSpecial, boolean parseSpecial) {
        TokenizedText parsed = convert(tokenizer.encode(text, addSpecial, false));
        if (parseSpecial) {
            return parsed;
        }
        try {
            if (!parsed.containsText(specialIds())) {
                return parsed;
            }
            return convert(literal().encode(text, addSpecial, false));
        } catch (IOException e) {
            throw new UncheckedIOException("tokenizer: cannot be read again", e);
        }
    }

    private synchronized Set<Long> specialIds() throws IOException {
        Set<Long> known = specialIds;
        if (known == null) {
            known = LiteralDefinition.specialIds(files.definition());
            specialIds = known;
        }
        return known;
    }

    /** A second tokenizer, which few texts need and which may be large: made when the first of them comes. */
    private synchronized HuggingFaceTokenizer literal() throws IOException {
        HuggingFaceTokenizer made = literal;
        if (made == null) {
            made = open(LiteralDefinition.of(files.definition()));
            literal = made;
        }
        return made;
    }

    /** Text of tokens. */
    public String decode(long[] ids, boolean keepSpecial) {
        return tokenizer.decode(ids, !keepSpecial);
    }

    private static TokenizedText convert(Encoding encoding) {
        long[] ids = encoding.getIds();
        CharSpan[] spans = encoding.getCharTokenSpans();
        long[] mask = encoding.getSpecialTokenMask();
        int[] starts = new int[ids.length];
        int[] ends = new int[ids.length];
        boolean[] special = new boolean[ids.length];
        for (int i = 0; i < ids.length; i++) {
            CharSpan span = spans[i];
            if (span != null) {
                starts[i] = span.getStart();
                ends[i] = span.getEnd();
            }
            special[i] = mask[i] == 1;
        }
        return new TokenizedText(
                ids, encoding.getTypeIds(), starts, ends, encoding.getWordIds(), special, encoding.getTokens());
    }

    @Override
    public synchronized void close() {
        if (literal != null) {
            literal.close();
        }
        tokenizer.close();
    }
}
