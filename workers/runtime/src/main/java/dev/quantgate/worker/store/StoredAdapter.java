package dev.quantgate.worker.store;

import dev.quantgate.worker.api.AdapterRecord;
import dev.quantgate.worker.api.Names;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;

/**
 * A LoRA adapter as it lies in the store: {@code models/<model>/adapters/<adapter>/} with its file and {@code
 * adapter.json}. Its files never change.
 *
 * @param record what is shown of it
 * @param file its GGUF file
 */
public record StoredAdapter(AdapterRecord record, Path file) {
    static final String FILE = "adapter.json";

    private static final int MAX_BYTES = 1 << 16;

    static StoredAdapter read(Path folder) throws IOException {
        var json = StrictJson.read(folder.resolve(FILE), MAX_BYTES);
        var name = String.valueOf(folder.getFileName());
        if (!json.string("adapter").equals(name)) {
            throw json.damaged("adapter", name);
        }
        var file = folder.resolve(Names.requireVariant(json.string("file"), "file"));
        var record = new AdapterRecord(
                name,
                json.integer("size_bytes", 0),
                json.string("sha256"),
                Math.toIntExact(json.integer("rank", 1)),
                json.figures("figures").getOrDefault("alpha", 0.0).floatValue(),
                json.instant("created_at"));
        if (!Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS) || Files.size(file) != record.sizeBytes()) {
            throw json.damaged("size_bytes", "the size of " + file.getFileName());
        }
        return new StoredAdapter(record, file);
    }

    /** Writes {@code adapter.json} into a folder that holds the file already. */
    public void write(Path folder) throws IOException {
        AtomicFiles.write(
                folder.resolve(FILE),
                new JsonObject()
                        .put("adapter", record.name())
                        .put("file", String.valueOf(file.getFileName()))
                        .put("size_bytes", record.sizeBytes())
                        .put("sha256", record.sha256())
                        .put("rank", record.rank())
                        .put("figures", new JsonObject().put("alpha", (double) record.alpha()))
                        .put("created_at", record.createdAt().toString())
                        .encodePrettily());
    }
}
