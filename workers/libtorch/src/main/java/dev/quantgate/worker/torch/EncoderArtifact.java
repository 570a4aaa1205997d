package dev.quantgate.worker.torch;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import dev.quantgate.natives.torch.DType;
import dev.quantgate.worker.api.Task;
import dev.quantgate.worker.api.backend.ArtifactInfo;
import dev.quantgate.worker.torch.model.CheckpointVerifier;
import dev.quantgate.worker.torch.model.ConfigReader;
import dev.quantgate.worker.torch.model.EncoderConfig;
import dev.quantgate.worker.torch.model.EncoderFamily;
import dev.quantgate.worker.torch.model.HeadKind;
import dev.quantgate.worker.torch.model.InvalidModelException;
import dev.quantgate.worker.torch.model.QuantizedFormat;
import dev.quantgate.worker.torch.quantize.Precision;
import dev.quantgate.worker.torch.safetensors.SafetensorsCheckpoint;
import dev.quantgate.worker.torch.safetensors.TensorEntry;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;

/** A model folder in the Hugging Face layout, looked at without native code. */
final class EncoderArtifact {

    private static final String WEIGHTS = "model.safetensors";
    private static final String INDEX = "model.safetensors.index.json";

    private EncoderArtifact() {}

    /** The folder of an artifact that is named by its folder or by its main file. */
    static Path folder(Path artifact) {
        Path parent = artifact.toAbsolutePath().getParent();
        return Files.isDirectory(artifact) || parent == null ? artifact : parent;
    }

    static boolean looksLikeOne(Path artifact) {
        Path folder = folder(artifact);
        Path config = folder.resolve("config.json");
        if (!Files.isRegularFile(config)
                || !(Files.isRegularFile(folder.resolve(WEIGHTS)) || Files.isRegularFile(folder.resolve(INDEX)))) {
            return false;
        }
        try (JsonParser json = new JsonFactory().createParser(config.toFile())) {
            return isServed(modelType(json));
        } catch (IOException e) {
            // Not JSON, so not one of ours; inspecting it would say what is wrong.
            return false;
        }
    }

    private static String modelType(JsonParser json) throws IOException {
        if (json.nextToken() != JsonToken.START_OBJECT) {
            return "";
        }
        while (json.nextToken() == JsonToken.FIELD_NAME) {
            String name = json.currentName();
            if (json.nextToken() == JsonToken.VALUE_STRING && name.equals("model_type")) {
                return json.getText();
            }
            json.skipChildren();
        }
        return "";
    }

    private static boolean isServed(String modelType) {
        return Arrays.stream(EncoderFamily.values())
                .anyMatch(family -> family.modelType().equals(modelType));
    }

    static ArtifactInfo inspect(Path artifact) throws IOException {
        Path folder = folder(artifact);
        EncoderConfig config = ConfigReader.read(folder);
        requireTokenizer(folder);
        try (SafetensorsCheckpoint checkpoint = SafetensorsCheckpoint.open(folder)) {
            CheckpointVerifier.verify(config, checkpoint);
            String type = precisionName(checkpoint);
            return new ArtifactInfo(
                    config.family().modelType(),
                    type,
                    checkpoint.metadata().containsKey(QuantizedFormat.PRECISION)
                            && Precision.of(type).isQuantized(),
                    Files.isRegularFile(folder.resolve(WEIGHTS)) ? WEIGHTS : INDEX,
                    dimensions(config),
                    tasks(config.head()),
                    CheckpointVerifier.tensorTypes(checkpoint));
        }
    }

    /** Most bytes that loading takes: what is mapped, and the copies that are packed or widened from it. */
    static long memoryBytes(Path folder) throws IOException {
        try (SafetensorsCheckpoint checkpoint = SafetensorsCheckpoint.open(folder)) {
            return checkpoint.names().stream()
                    .map(checkpoint::entry)
                    .mapToLong(entry -> entry.bytes() + copyBytes(entry))
                    .sum();
        }
    }

    private static long copyBytes(TensorEntry entry) {
        return switch (entry.type()) {
            case FLOAT32 -> 0;
            case FLOAT16, BFLOAT16 -> 2 * entry.bytes();
            case INT8 -> entry.bytes();
            case FLOAT64, UINT8, INT32, INT64, BOOL -> 0;
        };
    }

    private static void requireTokenizer(Path folder) {
        boolean pairs =
                Files.isRegularFile(folder.resolve("vocab.json")) && Files.isRegularFile(folder.resolve("merges.txt"));
        if (!pairs
                && List.of("tokenizer.json", "vocab.txt").stream()
                        .noneMatch(name -> Files.isRegularFile(folder.resolve(name)))) {
            throw new InvalidModelException("tokenizer: " + found(folder)
                    + " (expected: tokenizer.json, vocab.txt, or vocab.json with merges.txt)");
        }
    }

    /** A SentencePiece file alone is common in older folders; transformers writes a definition beside it. */
    private static String found(Path folder) {
        return Stream.of("sentencepiece.bpe.model", "spiece.model", "tokenizer.model")
                .filter(name -> Files.isRegularFile(folder.resolve(name)))
                .findFirst()
                .map(name -> name + " alone, which AutoTokenizer.save_pretrained of transformers turns into a"
                        + " tokenizer.json")
                .orElse("missing");
    }

    private static String precisionName(SafetensorsCheckpoint checkpoint) {
        String stored = checkpoint.metadata().get(QuantizedFormat.PRECISION);
        if (stored != null) {
            try {
                return Precision.of(stored).typeName();
            } catch (IllegalArgumentException e) {
                throw new InvalidModelException("metadata: " + e.getMessage(), e);
            }
        }
        Map<String, Long> types = CheckpointVerifier.tensorTypes(checkpoint);
        String most = types.entrySet().stream()
                .max(Map.Entry.comparingByValue())
                .map(Map.Entry::getKey)
                .orElse("");
        if (most.equals(DType.FLOAT16.name())) {
            return "fp16";
        }
        return most.equals(DType.BFLOAT16.name()) ? "bf16" : "fp32";
    }

    private static Map<String, Long> dimensions(EncoderConfig config) {
        return Map.of(
                "context_length", (long) config.maxTokens(),
                "embedding_length", (long) config.hiddenSize(),
                "layers", (long) config.layers(),
                "heads", (long) config.heads(),
                "vocabulary_size", (long) config.vocabularySize(),
                "labels", (long) config.labels().size());
    }

    private static Set<Task> tasks(HeadKind head) {
        return switch (head) {
            case SEQUENCE_CLASSIFICATION -> Set.of(Task.CLASSIFY, Task.EMBED);
            case TOKEN_CLASSIFICATION -> Set.of(Task.CLASSIFY_TOKENS, Task.EMBED);
            case MASKED_LM -> Set.of(Task.FILL_MASK, Task.EMBED);
            case FEATURES -> Set.of(Task.EMBED);
        };
    }
}
