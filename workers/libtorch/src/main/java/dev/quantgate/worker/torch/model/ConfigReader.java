package dev.quantgate.worker.torch.model;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Reads config.json of a Hugging Face model folder; every number is checked before anything is sized by it. */
public final class ConfigReader {

    private static final String FILE = "config.json";
    private static final long MAX_BYTES = 8L << 20;
    private static final int MAX_DEPTH = 20;
    private static final int MAX_SIZE = 1 << 24;
    private static final int MAX_LABELS = 100_000;
    private static final JsonMapper JSON = JsonMapper.builder(JsonFactory.builder()
                    .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
                    .streamReadConstraints(StreamReadConstraints.builder()
                            .maxNestingDepth(MAX_DEPTH)
                            .build())
                    .build())
            .build();

    private final JsonNode root;

    private ConfigReader(JsonNode root) {
        this.root = root;
    }

    /**
     * Reads the configuration of a model folder.
     *
     * @throws InvalidModelException when it is missing, malformed or of an architecture that is not served
     */
    public static EncoderConfig read(Path folder) throws IOException {
        Path file = folder.resolve(FILE);
        if (!Files.isRegularFile(file)) {
            throw new InvalidModelException("config.json: missing");
        }
        if (Files.size(file) > MAX_BYTES) {
            throw new InvalidModelException(
                    "config.json: " + Files.size(file) + " bytes (expected: at most " + MAX_BYTES + ")");
        }
        return new ConfigReader(parse(Files.readAllBytes(file))).config();
    }

    private static JsonNode parse(byte[] json) throws IOException {
        try {
            JsonNode root = JSON.readTree(json);
            if (!root.isObject()) {
                throw new InvalidModelException("config.json: not a JSON object");
            }
            return root;
        } catch (com.fasterxml.jackson.core.JsonProcessingException e) {
            throw new InvalidModelException("config.json: not valid JSON", e);
        }
    }

    private EncoderConfig config() {
        EncoderFamily family = EncoderFamily.of(text("model_type", ""));
        String positionType = text("position_embedding_type", "absolute");
        if (!positionType.equals("absolute")) {
            throw new InvalidModelException(
                    "config.json: position_embedding_type '" + positionType + "' (expected: absolute)");
        }
        HeadKind head =
                HeadKind.ofArchitecture(root.path("architectures").path(0).asText("Model"));
        boolean classifies = head == HeadKind.SEQUENCE_CLASSIFICATION || head == HeadKind.TOKEN_CLASSIFICATION;
        List<String> labels = classifies ? labels() : List.of();
        boolean multiLabel = text("problem_type", "").equals("multi_label_classification");
        return family == EncoderFamily.DISTILBERT
                ? new EncoderConfig(
                        family,
                        head,
                        size("vocab_size", 30_522),
                        size("dim", 768),
                        size("n_layers", 6),
                        size("n_heads", 12),
                        size("hidden_dim", 3_072),
                        size("max_position_embeddings", 512),
                        0,
                        1e-12,
                        text("activation", "gelu"),
                        number("pad_token_id", 0),
                        labels,
                        multiLabel)
                : new EncoderConfig(
                        family,
                        head,
                        size("vocab_size", 30_522),
                        size("hidden_size", 768),
                        size("num_hidden_layers", 12),
                        size("num_attention_heads", 12),
                        size("intermediate_size", 3_072),
                        size("max_position_embeddings", 512),
                        size("type_vocab_size", 2),
                        epsilon(),
                        text("hidden_act", "gelu"),
                        number("pad_token_id", family == EncoderFamily.BERT ? 0 : 1),
                        labels,
                        multiLabel);
    }

    private List<String> labels() {
        JsonNode names = root.path("id2label");
        int count = names.isObject() ? names.size() : size("num_labels", 2);
        if (count < 1 || count > MAX_LABELS) {
            throw new InvalidModelException("config.json: " + count + " labels (expected: 1 to " + MAX_LABELS + ")");
        }
        List<String> labels = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            JsonNode name = names.path(Integer.toString(i));
            if (names.isObject() && name.isMissingNode()) {
                throw new InvalidModelException("config.json: id2label has no label " + i + " of " + count);
            }
            labels.add(name.asText("LABEL_" + i));
        }
        return labels;
    }

    private double epsilon() {
        double epsilon = root.path("layer_norm_eps").asDouble(1e-12);
        if (!(epsilon > 0 && epsilon < 1)) {
            throw new InvalidModelException("config.json: layer_norm_eps " + epsilon + " (expected: above 0, below 1)");
        }
        return epsilon;
    }

    private String text(String key, String missing) {
        return root.path(key).asText(missing);
    }

    private int size(String key, int missing) {
        int size = number(key, missing);
        if (size < 1) {
            throw new InvalidModelException("config.json: " + key + " " + size + " (expected: at least 1)");
        }
        return size;
    }

    private int number(String key, int missing) {
        JsonNode node = root.path(key);
        if (node.isMissingNode() || node.isNull()) {
            return missing;
        }
        if (!node.isIntegralNumber() || !node.canConvertToInt() || Math.abs(node.asInt()) > MAX_SIZE) {
            throw new InvalidModelException(
                    "config.json: " + key + " " + node + " (expected: a whole number up to " + MAX_SIZE + ")");
        }
        return node.asInt();
    }
}
