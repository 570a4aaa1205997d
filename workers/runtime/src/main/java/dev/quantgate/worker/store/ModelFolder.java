package dev.quantgate.worker.store;

import dev.quantgate.worker.api.Names;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The folder of one model. Everything that changes it is called under the model's lease; reading needs nothing.
 *
 * @param path {@code models/<model>}
 */
public record ModelFolder(Path path) {
    private static final Logger LOG = LoggerFactory.getLogger(ModelFolder.class);
    private static final String PART = ".part.";
    private static final String TRASH = ".trash.";
    private static final String VARIANTS = "variants";
    private static final String ADAPTERS = "adapters";
    private static final int MAX_SHOWN_METADATA_BYTES = 1 << 20;

    public String name() {
        return String.valueOf(path.getFileName());
    }

    public boolean exists() {
        return Files.isDirectory(path, LinkOption.NOFOLLOW_LINKS);
    }

    /** True once an import was published into it. */
    public boolean hasModel() {
        return Files.exists(path.resolve(ModelMetadata.FILE), LinkOption.NOFOLLOW_LINKS)
                || Files.isDirectory(variant(Names.SOURCE_VARIANT), LinkOption.NOFOLLOW_LINKS);
    }

    public Path variant(String name) {
        return path.resolve(VARIANTS).resolve(Names.requireVariant(name, "variant"));
    }

    /** Where the sessions of conversations are kept. */
    public Path sessions() {
        return path.resolve("sessions");
    }

    public Path adapter(String name) {
        return path.resolve(ADAPTERS).resolve(Names.requireVariant(name, "adapter"));
    }

    /** The LoRA adapters that can be read, ordered by name; a damaged one can still be deleted, or imported anew. */
    public List<StoredAdapter> adapters() throws IOException {
        var adapters = new ArrayList<StoredAdapter>();
        for (var folder : list(path.resolve(ADAPTERS))) {
            if (Names.isVariant(String.valueOf(folder.getFileName()))) {
                try {
                    adapters.add(StoredAdapter.read(folder));
                } catch (IOException | RuntimeException damaged) {
                    LOG.atWarn()
                            .addKeyValue("modelId", name())
                            .addKeyValue("adapter", folder.getFileName())
                            .setCause(damaged)
                            .log("an adapter is damaged and left out");
                }
            }
        }
        return adapters;
    }

    /** Everything that can be read; damage is described, never thrown. */
    public StoredModel read() {
        var variants = new ArrayList<StoredVariant>();
        try {
            for (var folder : list(path.resolve(VARIANTS))) {
                if (Names.isVariant(String.valueOf(folder.getFileName()))
                        && Files.isDirectory(folder, LinkOption.NOFOLLOW_LINKS)) {
                    variants.add(StoredVariant.read(folder));
                }
            }
            variants.sort(Comparator.comparing(
                            (StoredVariant variant) -> !variant.name().equals(Names.SOURCE_VARIANT))
                    .thenComparing(StoredVariant::name));
            var metadata = ModelMetadata.read(path);
            return new StoredModel(name(), Optional.of(metadata), "", metadata.encode(), variants, adapters());
        } catch (DamagedFileException damaged) {
            return damaged(String.valueOf(damaged.getMessage()), variants);
        } catch (IOException | RuntimeException unreadable) {
            return damaged(ModelMetadata.FILE + ": missing or not readable", variants);
        }
    }

    public void writeMetadata(ModelMetadata metadata) throws IOException {
        AtomicFiles.write(path.resolve(ModelMetadata.FILE), metadata.encode());
    }

    /** An empty folder for the owner with {@code epoch}; what owners before it left behind goes. */
    public Path newPart(long epoch) throws IOException {
        removeLeftovers();
        var part = path.resolve(VARIANTS).resolve(PART + epoch);
        Files.createDirectories(part);
        return part;
    }

    /** Makes a finished part a variant: from here on its files never change. */
    public void publish(Path part, String variant) throws IOException {
        var lockFile = part.resolve(VariantUse.LOCK_FILE);
        if (Files.notExists(lockFile)) {
            Files.createFile(lockFile);
        }
        AtomicFiles.publish(part, variant(variant));
    }

    /** Makes a finished part an adapter: from here on its files never change. */
    public void publishAdapter(Path part, String adapter) throws IOException {
        Files.createDirectories(path.resolve(ADAPTERS));
        AtomicFiles.publish(part, adapter(adapter));
    }

    /** Hides an adapter from everybody at once; the folder it returns is to be deleted without the lease's lock. */
    public Path hideAdapter(String adapter) throws IOException {
        var trash = path.resolve(VARIANTS).resolve(TRASH + UUID.randomUUID());
        AtomicFiles.publish(adapter(adapter), trash);
        return trash;
    }

    /** Hides a variant from everybody at once; the folder it returns is to be deleted without the lease's lock. */
    public Path hide(String variant) throws IOException {
        var trash = path.resolve(VARIANTS).resolve(TRASH + UUID.randomUUID());
        AtomicFiles.publish(variant(variant), trash);
        return trash;
    }

    /** Changes whenever the metadata, the set of variants or a manifest does; cheap to ask. */
    public List<Object> stamp() throws IOException {
        var watched = new ArrayList<Path>();
        watched.add(path.resolve(ModelMetadata.FILE));
        for (var variant : list(path.resolve(VARIANTS))) {
            if (Names.isVariant(String.valueOf(variant.getFileName()))) {
                watched.add(variant.resolve(VariantManifest.FILE));
            }
        }
        for (var adapter : list(path.resolve(ADAPTERS))) {
            watched.add(adapter.resolve(StoredAdapter.FILE));
        }
        var stamp = new ArrayList<>();
        for (var file : watched) {
            stamp.add(file);
            try {
                var attributes = Files.readAttributes(file, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
                stamp.add(attributes.lastModifiedTime());
                stamp.add(String.valueOf(attributes.fileKey()));
            } catch (FileSystemException missing) {
                stamp.add("missing");
            }
        }
        return stamp;
    }

    /** True if a dead owner left something behind. */
    public boolean hasLeftovers() throws IOException {
        return !leftovers().isEmpty();
    }

    /** Deletes parts and trash of owners that are gone; the caller holds the lease and has no part yet. */
    public void removeLeftovers() throws IOException {
        for (var leftover : leftovers()) {
            AtomicFiles.deleteTree(leftover);
        }
    }

    private List<Path> leftovers() throws IOException {
        return list(path.resolve(VARIANTS)).stream()
                .filter(folder -> {
                    var name = String.valueOf(folder.getFileName());
                    return name.startsWith(PART) || name.startsWith(TRASH);
                })
                .toList();
    }

    private StoredModel damaged(String damage, List<StoredVariant> variants) {
        return new StoredModel(name(), Optional.empty(), damage, rawMetadata(), variants, List.of());
    }

    private String rawMetadata() {
        var file = path.resolve(ModelMetadata.FILE);
        try {
            if (Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS) && Files.size(file) <= MAX_SHOWN_METADATA_BYTES) {
                return new String(Files.readAllBytes(file), StandardCharsets.UTF_8);
            }
        } catch (IOException unreadable) {
            return "";
        }
        return "";
    }

    static List<Path> list(Path folder) throws IOException {
        if (!Files.isDirectory(folder, LinkOption.NOFOLLOW_LINKS)) {
            return List.of();
        }
        try (var entries = Files.list(folder)) {
            return entries.sorted().toList();
        } catch (NoSuchFileException gone) {
            return List.of();
        }
    }
}
