package dev.quantgate.worker.store;

import dev.quantgate.worker.api.Names;
import dev.quantgate.worker.api.Task;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * What {@code metadata.json} says of a model.
 *
 * @param name model name, equal to its folder's
 * @param modelType architecture family such as {@code llama}
 * @param version such as {@code hf_20250417_084022}
 * @param createdAt when it entered the store
 * @param quantized true if the source or at least one variant is quantised
 * @param source where it came from, as given at import
 * @param dimensions sizes such as {@code context_length}
 * @param backend name of the backend that serves it
 * @param defaultVariant used when a request names none
 * @param tasks what it can be asked for
 */
public record ModelMetadata(
        String name,
        String modelType,
        String version,
        Instant createdAt,
        boolean quantized,
        String source,
        Map<String, Long> dimensions,
        String backend,
        String defaultVariant,
        Set<Task> tasks) {
    static final String FILE = "metadata.json";

    private static final int MAX_BYTES = 1 << 20;

    public ModelMetadata {
        dimensions = Map.copyOf(dimensions);
        tasks = Set.copyOf(tasks);
    }

    /** The same with another default and another mark. */
    public ModelMetadata with(String newDefault, boolean nowQuantized) {
        return new ModelMetadata(
                name, modelType, version, createdAt, nowQuantized, source, dimensions, backend, newDefault, tasks);
    }

    static ModelMetadata read(Path modelFolder) throws IOException {
        var json = StrictJson.read(modelFolder.resolve(FILE), MAX_BYTES);
        var folderName = String.valueOf(modelFolder.getFileName());
        if (!json.string("model_name").equals(folderName)) {
            throw json.damaged("model_name", folderName);
        }
        var defaultVariant = json.string("default_variant");
        if (!Names.isVariant(defaultVariant)) {
            throw json.damaged("default_variant", "a variant name");
        }
        return new ModelMetadata(
                folderName,
                json.string("model_type"),
                json.string("version"),
                json.instant("created_at"),
                json.flag("is_quantized"),
                json.string("source"),
                json.counts("dimensions"),
                json.string("backend"),
                defaultVariant,
                Set.copyOf(json.constants("tasks", Task.class)));
    }

    String encode() {
        var taskNames = new JsonArray();
        new TreeSet<>(tasks).forEach(task -> taskNames.add(task.name()));
        return new JsonObject()
                .put("model_name", name)
                .put("model_type", modelType)
                .put("version", version)
                .put("created_at", createdAt.toString())
                .put("is_quantized", quantized)
                .put("source", source)
                .put("dimensions", new JsonObject(new TreeMap<>(dimensions)))
                .put("backend", backend)
                .put("default_variant", defaultVariant)
                .put("tasks", taskNames)
                .encodePrettily();
    }
}
