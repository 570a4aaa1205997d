package dev.quantgate.worker.store;

import dev.quantgate.worker.api.FailureKind;
import dev.quantgate.worker.api.WorkerFailure;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.Optional;

/**
 * A variant as it lies in the store.
 *
 * @param name its folder's name
 * @param folder its folder; immutable once it is there
 * @param manifest empty if it is damaged
 * @param damage what is wrong, or empty
 */
public record StoredVariant(String name, Path folder, Optional<VariantManifest> manifest, String damage) {

    static StoredVariant read(Path folder) {
        var name = String.valueOf(folder.getFileName());
        try {
            var manifest = VariantManifest.read(folder);
            requireFiles(manifest, folder);
            return new StoredVariant(name, folder, Optional.of(manifest), "");
        } catch (DamagedFileException damaged) {
            return new StoredVariant(name, folder, Optional.empty(), String.valueOf(damaged.getMessage()));
        } catch (IOException | RuntimeException unreadable) {
            return new StoredVariant(
                    name, folder, Optional.empty(), VariantManifest.FILE + ": missing or not readable");
        }
    }

    /** The model's folder, which it lies in. */
    public ModelFolder model() {
        var variants = folder.getParent();
        var model = variants == null ? null : variants.getParent();
        if (model == null) {
            throw new IllegalStateException("folder: " + folder + " (expected: one inside a model's folder)");
        }
        return new ModelFolder(model);
    }

    /** Its manifest, or FAILED_PRECONDITION that says what is damaged. */
    public VariantManifest requireManifest() {
        return manifest.orElseThrow(
                () -> WorkerFailure.of(FailureKind.FAILED_PRECONDITION, "variant " + name + " is damaged: " + damage)
                        .asException());
    }

    /** What a backend opens. */
    public Path artifact() {
        var artifact = requireManifest().artifact();
        return artifact.equals(VariantManifest.WHOLE_FOLDER) ? folder : folder.resolve(artifact);
    }

    private static void requireFiles(VariantManifest manifest, Path folder) throws IOException {
        for (var file : manifest.files()) {
            var path = folder.resolve(file.name());
            if (!Files.isRegularFile(path, LinkOption.NOFOLLOW_LINKS)) {
                throw new DamagedFileException(file.name() + ": missing");
            }
            var size = Files.readAttributes(path, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS)
                    .size();
            if (size != file.sizeBytes()) {
                throw new DamagedFileException(
                        file.name() + ": " + size + " bytes (expected: " + file.sizeBytes() + ")");
            }
        }
    }
}
