package dev.quantgate.worker.llamacpp.gguf;

import java.io.IOException;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;

/** Checks the vocabulary as far as llama.cpp's {@code llama_vocab::impl::load} relies on it. */
final class VocabularyReader {
    /** Longer entries than this are no tokens; they also have to fit into one window. */
    static final int MAX_TOKEN_BYTES = WindowReader.WINDOW_BYTES / 2;

    private static final String PREFIX = "tokenizer.ggml.";
    private static final String TOKENS = PREFIX + "tokens";
    private static final String PADDING = "padding_token_id";
    private static final List<String> SPECIAL_TOKENS = List.of(
            "bos_token_id",
            "eos_token_id",
            "eot_token_id",
            "eom_token_id",
            "unknown_token_id",
            "seperator_token_id",
            "cls_token_id",
            "mask_token_id",
            "fim_pre_token_id",
            "fim_suf_token_id",
            "fim_mid_token_id",
            "fim_pad_token_id",
            "fim_rep_token_id",
            "fim_sep_token_id",
            "prefix_token_id",
            "suffix_token_id",
            "middle_token_id");
    // "a b"
    private static final int MIN_MERGE_BYTES = 3;
    private static final long MAX_UINT32 = 0xffff_ffffL;

    private final Metadata metadata;
    private final WindowReader reader;
    private final Limits limits;
    private final List<String> warnings;

    VocabularyReader(Metadata metadata, WindowReader reader, Limits limits, List<String> warnings) {
        this.metadata = metadata;
        this.reader = reader;
        this.limits = limits;
        this.warnings = warnings;
    }

    Vocabulary read(String architecture) throws IOException {
        String model = metadata.text(PREFIX + "model").orElse("none");
        if (model.equals("none") || model.equals("no_vocab")) {
            return none(model, architecture);
        }
        int count = tokens(model, architecture);
        int merges = merges(model);
        tokenTypes(count);
        scores(count);
        specialTokens(count);
        return new Vocabulary(
                model,
                metadata.text(PREFIX + "pre"),
                count,
                merges,
                token("bos_token_id"),
                token("eos_token_id"),
                metadata.text("tokenizer.chat_template"));
    }

    private Vocabulary none(String model, String architecture) throws GgufFormatException {
        if (metadata.has(TOKENS)) {
            throw Metadata.missing(PREFIX + "model", "a tokenizer, because " + TOKENS + " is there");
        }
        return new Vocabulary(
                model,
                Optional.empty(),
                declaredCount(architecture),
                0,
                OptionalInt.empty(),
                OptionalInt.empty(),
                metadata.text("tokenizer.chat_template"));
    }

    private int declaredCount(String architecture) throws GgufFormatException {
        return (int) metadata.whole(architecture + ".vocab_size", 0, limits.vocabularyTokens())
                .orElse(0);
    }

    private int tokens(String model, String architecture) throws IOException {
        Optional<GgufValue.Elements> tokens = metadata.array(TOKENS, GgufValueType.STRING, GgufValueType.STRING);
        int declared = declaredCount(architecture);
        if (tokens.isEmpty()) {
            throw Metadata.missing(TOKENS, "an array of STRING");
        }
        GgufValue.Elements array = tokens.get();
        int count = (int) Metadata.inRange(TOKENS, array.count(), 1, limits.vocabularyTokens());
        requireLengths(TOKENS, array, 0);
        new DuplicateTokens(reader, SipHash.secret()).check(TOKENS, array);
        if (model.equals("llama")) {
            new ByteTokens(reader).requireAll(TOKENS, array);
        }
        if (declared != 0 && declared != count) {
            warnings.add(architecture + ".vocab_size: " + declared + " (the vocabulary has " + count + " entries)");
        }
        return count;
    }

    private int merges(String model) throws IOException {
        String key = PREFIX + "merges";
        Optional<GgufValue.Elements> merges = metadata.array(key, GgufValueType.STRING, GgufValueType.STRING);
        if (merges.isEmpty()) {
            return 0;
        }
        if (model.equals("gpt2") && merges.get().count() > 0) {
            requireLengths(key, merges.get(), MIN_MERGE_BYTES);
        }
        return (int) merges.get().count();
    }

    private static void requireLengths(String key, GgufValue.Elements array, int minBytes) throws GgufFormatException {
        if (array.shortestBytes() < minBytes || array.longestBytes() > MAX_TOKEN_BYTES) {
            throw new GgufFormatException(
                    key,
                    "elements of " + array.shortestBytes() + " to " + array.longestBytes() + " bytes",
                    minBytes + " to " + MAX_TOKEN_BYTES + " bytes");
        }
    }

    private void tokenTypes(int count) throws GgufFormatException {
        String key = PREFIX + "token_type";
        Optional<GgufValue.Elements> types = metadata.array(key, GgufValueType.INT32, GgufValueType.INT32);
        if (types.isPresent()) {
            requirePerToken(key, types.get(), count);
        }
    }

    private void scores(int count) throws IOException {
        String key = PREFIX + "scores";
        Optional<GgufValue.Elements> scores = metadata.array(key, GgufValueType.FLOAT32, GgufValueType.INT32);
        if (scores.isPresent()) {
            requirePerToken(key, scores.get(), count);
            if (scores.get().elementType() == GgufValueType.FLOAT32) {
                new ArrayReader(reader).requireNoNan(key, scores.get());
            }
        }
    }

    private static void requirePerToken(String key, GgufValue.Elements array, int count) throws GgufFormatException {
        if (array.count() < count) {
            throw new GgufFormatException(
                    key, array.count() + " elements", "at least " + count + ", one per entry of the vocabulary");
        }
    }

    private void specialTokens(int count) throws GgufFormatException {
        for (String name : SPECIAL_TOKENS) {
            OptionalLong id = metadata.whole(PREFIX + name, 0, MAX_UINT32);
            if (id.isPresent() && id.getAsLong() >= count) {
                throw new GgufFormatException(
                        PREFIX + name, id.getAsLong(), "an id below " + count + ", the size of the vocabulary");
            }
        }
        // Models in circulation pad with an id of their own beyond the vocabulary; llama.cpp then does without one.
        OptionalLong padding = metadata.whole(PREFIX + PADDING, 0, MAX_UINT32);
        if (padding.isPresent() && padding.getAsLong() >= count) {
            warnings.add(PREFIX + PADDING + ": " + padding.getAsLong() + " (the vocabulary has " + count + " entries)");
        }
    }

    private OptionalInt token(String name) throws GgufFormatException {
        OptionalLong id = metadata.whole(PREFIX + name, 0, MAX_UINT32);
        return id.isPresent() ? OptionalInt.of((int) id.getAsLong()) : OptionalInt.empty();
    }
}
