package dev.quantgate.worker.torch.tokenize;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.quantgate.worker.torch.model.EncoderFamily;
import dev.quantgate.worker.torch.model.InvalidModelException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * The tokenizer files of a model folder, as the text of one {@code tokenizer.json}.
 *
 * <p>A folder that has only the older vocabulary files gets the definition that its family's slow tokenizer amounts to.
 */
final class TokenizerFiles {

    private static final String DEFINITION = "tokenizer.json";
    private static final long MAX_BYTES = 256L << 20;
    private static final JsonMapper JSON = new JsonMapper();

    private final Path folder;
    private final JsonNode settings;
    private final EncoderFamily family;

    TokenizerFiles(Path folder, EncoderFamily family) throws IOException {
        this.folder = folder;
        this.family = family;
        this.settings = has("tokenizer_config.json") ? parse("tokenizer_config.json") : JSON.createObjectNode();
    }

    /** The definition, as it is stored or made from the vocabulary files. */
    String definition() throws IOException {
        if (has(DEFINITION)) {
            return read(DEFINITION);
        }
        if (has("vocab.txt")) {
            return wordPiece().toString();
        }
        if (has("vocab.json") && has("merges.txt")) {
            return byteLevelPairs().toString();
        }
        throw new InvalidModelException(
                "tokenizer: missing (expected: tokenizer.json, vocab.txt, or vocab.json with merges.txt)");
    }

    /** Text of the token that stands for a gap to be filled. */
    String maskToken() {
        return special(
                "mask_token", family == EncoderFamily.BERT || family == EncoderFamily.DISTILBERT ? "[MASK]" : "<mask>");
    }

    /** Most tokens of an input, where the files state a limit. */
    Optional<Integer> maxTokens() {
        JsonNode limit = settings.path("model_max_length");
        return limit.canConvertToInt() && limit.asInt() > 0 ? Optional.of(limit.asInt()) : Optional.empty();
    }

    private ObjectNode wordPiece() throws IOException {
        boolean lowercase = settings.path("do_lower_case").asBoolean(true);
        ObjectNode vocabulary = JSON.createObjectNode();
        List<String> lines = read("vocab.txt").lines().toList();
        for (int id = 0; id < lines.size(); id++) {
            vocabulary.put(lines.get(id).stripTrailing(), id);
        }
        ObjectNode root = skeleton();
        ObjectNode normalizer = root.putObject("normalizer");
        normalizer.put("type", "BertNormalizer").put("clean_text", true);
        normalizer.put(
                "handle_chinese_chars", settings.path("tokenize_chinese_chars").asBoolean(true));
        if (settings.path("strip_accents").isBoolean()) {
            normalizer.put("strip_accents", settings.path("strip_accents").asBoolean());
        } else {
            normalizer.putNull("strip_accents");
        }
        normalizer.put("lowercase", lowercase);
        root.putObject("pre_tokenizer").put("type", "BertPreTokenizer");
        String unknown = special("unk_token", "[UNK]");
        String start = special("cls_token", "[CLS]");
        String end = special("sep_token", "[SEP]");
        for (String token : List.of(special("pad_token", "[PAD]"), unknown, start, end, maskToken())) {
            addSpecial(root, vocabulary, token, false);
        }
        root.set("post_processor", template(vocabulary, start, end));
        root.putObject("decoder").put("type", "WordPiece").put("prefix", "##").put("cleanup", true);
        ObjectNode model = root.putObject("model");
        model.put("type", "WordPiece").put("unk_token", unknown).put("continuing_subword_prefix", "##");
        model.put("max_input_chars_per_word", 100).set("vocab", vocabulary);
        return root;
    }

    private ObjectNode template(ObjectNode vocabulary, String start, String end) {
        ObjectNode template = JSON.createObjectNode().put("type", "TemplateProcessing");
        ArrayNode single = template.putArray("single");
        ArrayNode pair = template.putArray("pair");
        for (ArrayNode sequence : List.of(single, pair)) {
            piece(sequence, "SpecialToken", start, 0);
            piece(sequence, "Sequence", "A", 0);
            piece(sequence, "SpecialToken", end, 0);
        }
        piece(pair, "Sequence", "B", 1);
        piece(pair, "SpecialToken", end, 1);
        ObjectNode tokens = template.putObject("special_tokens");
        for (String token : List.of(start, end)) {
            ObjectNode entry = tokens.putObject(token).put("id", token);
            entry.putArray("ids").add(idOf(vocabulary, token));
            entry.putArray("tokens").add(token);
        }
        return template;
    }

    private static void piece(ArrayNode sequence, String kind, String id, int type) {
        sequence.addObject().putObject(kind).put("id", id).put("type_id", type);
    }

    private ObjectNode byteLevelPairs() throws IOException {
        JsonNode vocabulary = parse("vocab.json");
        if (!(vocabulary instanceof ObjectNode entries)) {
            throw new InvalidModelException("vocab.json: not an object of token ids");
        }
        boolean prefixSpace = settings.path("add_prefix_space").asBoolean(false);
        boolean trim = settings.path("trim_offsets").asBoolean(true);
        String start = special("cls_token", "<s>");
        String end = special("sep_token", "</s>");
        ObjectNode root = skeleton();
        root.putNull("normalizer");
        byteLevel(root.putObject("pre_tokenizer"), prefixSpace, trim);
        byteLevel(root.putObject("decoder"), true, true);
        ObjectNode processor = root.putObject("post_processor").put("type", "RobertaProcessing");
        processor.putArray("sep").add(end).add(idOf(entries, end));
        processor.putArray("cls").add(start).add(idOf(entries, start));
        processor.put("trim_offsets", trim).put("add_prefix_space", prefixSpace);
        for (String token : List.of(start, special("pad_token", "<pad>"), end, special("unk_token", "<unk>"))) {
            addSpecial(root, entries, token, false);
        }
        // The gap swallows the space before it, so that "a <mask>" reads like "a word".
        addSpecial(root, entries, maskToken(), true);
        ObjectNode model = root.putObject("model").put("type", "BPE");
        model.putNull("dropout").putNull("unk_token").putNull("continuing_subword_prefix");
        model.putNull("end_of_word_suffix").put("fuse_unk", false).put("byte_fallback", false);
        model.set("vocab", entries);
        ArrayNode merges = model.putArray("merges");
        read("merges.txt")
                .lines()
                .filter(l -> !l.startsWith("#version") && !l.isBlank())
                .forEach(merges::add);
        return root;
    }

    private static void byteLevel(ObjectNode node, boolean prefixSpace, boolean trim) {
        node.put("type", "ByteLevel").put("add_prefix_space", prefixSpace);
        node.put("trim_offsets", trim).put("use_regex", true);
    }

    private static ObjectNode skeleton() {
        ObjectNode root = JSON.createObjectNode().put("version", "1.0");
        root.putNull("truncation").putNull("padding");
        root.putArray("added_tokens");
        return root;
    }

    private static void addSpecial(ObjectNode root, ObjectNode vocabulary, String token, boolean leftStrip) {
        ObjectNode added = root.withArray("added_tokens").addObject();
        added.put("id", idOf(vocabulary, token)).put("content", token).put("single_word", false);
        added.put("lstrip", leftStrip).put("rstrip", false).put("normalized", false);
        added.put("special", true);
    }

    private static int idOf(ObjectNode vocabulary, String token) {
        JsonNode id = vocabulary.path(token);
        if (!id.isIntegralNumber()) {
            throw new InvalidModelException("vocabulary: has no special token '" + token + "'");
        }
        return id.asInt();
    }

    /** A special token, which the settings give as a text or as an object with a content. */
    private String special(String key, String missing) {
        JsonNode value = settings.path(key);
        return value.isObject() ? value.path("content").asText(missing) : value.asText(missing);
    }

    private boolean has(String file) {
        return Files.isRegularFile(folder.resolve(file));
    }

    private JsonNode parse(String file) throws IOException {
        try {
            return JSON.readTree(read(file));
        } catch (JsonProcessingException e) {
            throw new InvalidModelException(file + ": not valid JSON", e);
        }
    }

    private String read(String file) throws IOException {
        long bytes = Files.size(folder.resolve(file));
        if (bytes > MAX_BYTES) {
            throw new InvalidModelException(file + ": " + bytes + " bytes (expected: at most " + MAX_BYTES + ")");
        }
        return new String(Files.readAllBytes(folder.resolve(file)), StandardCharsets.UTF_8);
    }
}
