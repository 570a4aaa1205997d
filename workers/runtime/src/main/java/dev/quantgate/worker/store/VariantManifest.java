package dev.quantgate.worker.store;

import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/**
 * What {@code manifest.json} says of a variant; written once, before the variant is published.
 *
 * @param variant name, equal to its folder's
 * @param quantizationType such as {@code Q8_0} or {@code F16}
 * @param quantized whether its weights are quantised
 * @param artifact what a backend opens: a file's name, or {@link #WHOLE_FOLDER}
 * @param mainFile name of the file with the weights
 * @param files every file but the store's own, ordered by name
 * @param sourceDigest digest of the source's files; for the source variant of its own
 * @param tensorTypes real mix: tensor type to number of tensors
 * @param tools what made it: name to version
 * @param figures measured: sizes, times and quality by name
 * @param createdAt when it was made
 * @param operation id of the operation that made it
 */
public record VariantManifest(
        String variant,
        String quantizationType,
        boolean quantized,
        String artifact,
        String mainFile,
        List<StoredFile> files,
        String sourceDigest,
        Map<String, Long> tensorTypes,
        Map<String, String> tools,
        Map<String, Double> figures,
        Instant createdAt,
        String operation) {
    /** Stands for a backend that opens the variant's folder. */
    public static final String WHOLE_FOLDER = ".";

    static final String FILE = "manifest.json";

    private static final int MAX_BYTES = 4 << 20;

    public VariantManifest {
        files = List.copyOf(files);
        tensorTypes = Map.copyOf(tensorTypes);
        tools = Map.copyOf(tools);
        figures = Map.copyOf(figures);
    }

    /** SHA-256 of the main file. */
    public String mainSha256() {
        return files.stream()
                .filter(file -> file.name().equals(mainFile))
                .map(StoredFile::sha256)
                .findFirst()
                .orElse("");
    }

    public long sizeBytes() {
        return files.stream().mapToLong(StoredFile::sizeBytes).sum();
    }

    /** Writes it into the variant's folder. */
    public void write(Path variantFolder) throws IOException {
        AtomicFiles.write(variantFolder.resolve(FILE), encode());
    }

    static VariantManifest read(Path variantFolder) throws IOException {
        var json = StrictJson.read(variantFolder.resolve(FILE), MAX_BYTES);
        var folderName = String.valueOf(variantFolder.getFileName());
        if (!json.string("variant").equals(folderName)) {
            throw json.damaged("variant", folderName);
        }
        var files = new ArrayList<StoredFile>();
        for (var file : json.objects("files")) {
            files.add(new StoredFile(inside(file, file.string("name")), file.integer("size_bytes", 0), hash(file)));
        }
        var names = files.stream().map(StoredFile::name).toList();
        var artifact = json.string("artifact");
        if (!artifact.equals(WHOLE_FOLDER) && !names.contains(artifact)) {
            throw json.damaged("artifact", "\"" + WHOLE_FOLDER + "\" or one of the files");
        }
        if (Set.copyOf(names).size() != names.size()) {
            throw json.damaged("files", "different names");
        }
        return new VariantManifest(
                folderName,
                json.string("quantization_type"),
                json.flag("is_quantized"),
                artifact,
                json.string("main_file"),
                files,
                json.string("source_digest"),
                json.counts("tensor_types"),
                json.texts("tools"),
                json.figures("figures"),
                json.instant("created_at"),
                json.string("operation"));
    }

    private static String inside(StrictJson file, String name) throws IOException {
        var path = Path.of(name);
        if (name.isEmpty() || path.isAbsolute() || !path.normalize().equals(path) || path.startsWith("..")) {
            throw file.damaged("name", "a path inside the variant");
        }
        return name;
    }

    private static String hash(StrictJson file) throws IOException {
        var sha256 = file.string("sha256");
        if (!sha256.matches("[0-9a-f]{64}")) {
            throw file.damaged("sha256", "64 lower-case hexadecimal digits");
        }
        return sha256;
    }

    private String encode() {
        var fileList = new JsonArray();
        for (var file : files) {
            fileList.add(new JsonObject()
                    .put("name", file.name())
                    .put("size_bytes", file.sizeBytes())
                    .put("sha256", file.sha256()));
        }
        var finite = new TreeMap<String, Object>(figures);
        finite.values().removeIf(value -> !Double.isFinite((Double) value));
        return new JsonObject()
                .put("variant", variant)
                .put("quantization_type", quantizationType)
                .put("is_quantized", quantized)
                .put("artifact", artifact)
                .put("main_file", mainFile)
                .put("files", fileList)
                .put("source_digest", sourceDigest)
                .put("tensor_types", new JsonObject(new TreeMap<>(tensorTypes)))
                .put("tools", new JsonObject(new TreeMap<>(tools)))
                .put("figures", new JsonObject(finite))
                .put("created_at", createdAt.toString())
                .put("operation", operation)
                .encodePrettily();
    }
}
