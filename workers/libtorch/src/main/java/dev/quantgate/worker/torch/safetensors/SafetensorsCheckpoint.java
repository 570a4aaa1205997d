package dev.quantgate.worker.torch.safetensors;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/**
 * All tensors of a model folder: one {@code model.safetensors}, or the shards that its index names.
 *
 * <p>Shard names are plain file names inside the folder; a tensor is in exactly one shard.
 */
public final class SafetensorsCheckpoint implements AutoCloseable {

    private static final String SINGLE = "model.safetensors";
    private static final String INDEX = "model.safetensors.index.json";
    private static final long MAX_INDEX_BYTES = 64L << 20;
    private static final JsonMapper JSON = JsonMapper.builder(JsonFactory.builder()
                    .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
                    .build())
            .build();

    private final Map<String, SafetensorsFile> files;
    private final Map<String, SafetensorsFile> fileOfTensor;

    private SafetensorsCheckpoint(Map<String, SafetensorsFile> files) {
        this.files = files;
        this.fileOfTensor = new LinkedHashMap<>();
    }

    /**
     * Opens and verifies every file of a model folder.
     *
     * @throws SafetensorsFormatException when a file or the index is malformed, or a shard is missing
     */
    public static SafetensorsCheckpoint open(Path folder) throws IOException {
        SafetensorsCheckpoint checkpoint = new SafetensorsCheckpoint(new TreeMap<>());
        try {
            if (Files.isRegularFile(folder.resolve(SINGLE))) {
                checkpoint.add(folder, SINGLE);
            } else if (Files.isRegularFile(folder.resolve(INDEX))) {
                checkpoint.addShards(folder);
            } else {
                throw new SafetensorsFormatException("weights: missing (expected: " + SINGLE + " or " + INDEX + ")");
            }
            return checkpoint;
        } catch (IOException | RuntimeException e) {
            checkpoint.close();
            throw e;
        }
    }

    private void addShards(Path folder) throws IOException {
        Path index = folder.resolve(INDEX);
        if (Files.size(index) > MAX_INDEX_BYTES) {
            throw new SafetensorsFormatException(
                    "index: " + Files.size(index) + " bytes (expected: at most " + MAX_INDEX_BYTES + ")");
        }
        JsonNode weightMap = weightMap(Files.readAllBytes(index));
        for (Map.Entry<String, JsonNode> entry : weightMap.properties()) {
            String shard = entry.getValue().asText();
            if (!shard.matches("[\\w.-]+\\.safetensors")) {
                throw new SafetensorsFormatException(
                        "index: shard " + Text.quote(shard) + " (expected: a file name ending in .safetensors)");
            }
            if (!files.containsKey(shard)) {
                add(folder, shard);
            }
            SafetensorsFile file = files.get(shard);
            if (file == null || !file.header().tensors().containsKey(entry.getKey())) {
                throw new SafetensorsFormatException(
                        "index: tensor " + Text.quote(entry.getKey()) + " is not in " + Text.quote(shard));
            }
        }
    }

    private static JsonNode weightMap(byte[] json) throws IOException {
        try {
            JsonNode map = JSON.readTree(json).path("weight_map");
            if (!map.isObject() || map.isEmpty()) {
                throw new SafetensorsFormatException("index: weight_map missing (expected: an object)");
            }
            return map;
        } catch (JsonProcessingException e) {
            throw new SafetensorsFormatException("index: not valid JSON", e);
        }
    }

    private void add(Path folder, String name) throws IOException {
        if (!Files.isRegularFile(folder.resolve(name))) {
            throw new SafetensorsFormatException("shard " + Text.quote(name) + ": missing");
        }
        SafetensorsFile file = SafetensorsFile.open(folder.resolve(name));
        files.put(name, file);
        for (String tensor : file.header().tensors().keySet()) {
            if (fileOfTensor.putIfAbsent(tensor, file) != null) {
                throw new SafetensorsFormatException("tensor " + Text.quote(tensor) + ": in two shards");
            }
        }
    }

    /** Names of all tensors. */
    public Set<String> names() {
        return java.util.Collections.unmodifiableSet(fileOfTensor.keySet());
    }

    /** Whether a tensor is there. */
    public boolean contains(String name) {
        return fileOfTensor.containsKey(name);
    }

    /** The text pairs of all files together. */
    public Map<String, String> metadata() {
        Map<String, String> all = new TreeMap<>();
        files.values().forEach(file -> all.putAll(file.header().metadata()));
        return all;
    }

    /**
     * The description of a tensor.
     *
     * @throws SafetensorsFormatException when it is missing
     */
    public TensorEntry entry(String name) {
        SafetensorsFile file = fileOfTensor.get(name);
        TensorEntry entry = file == null ? null : file.header().tensors().get(name);
        if (entry == null) {
            throw new SafetensorsFormatException("tensor " + Text.quote(name) + ": missing");
        }
        return entry;
    }

    /** Maps a tensor into memory without copying it. */
    public ByteBuffer map(String name) throws IOException {
        TensorEntry entry = entry(name);
        SafetensorsFile file = fileOfTensor.get(name);
        if (file == null) {
            throw new SafetensorsFormatException("tensor " + Text.quote(name) + ": missing");
        }
        return file.map(entry);
    }

    /** Size of all files in bytes of tensor data. */
    public long dataBytes() {
        return names().stream().mapToLong(name -> entry(name).bytes()).sum();
    }

    @Override
    public void close() throws IOException {
        for (SafetensorsFile file : files.values()) {
            file.close();
        }
    }
}
