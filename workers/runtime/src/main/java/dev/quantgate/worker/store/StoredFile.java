package dev.quantgate.worker.store;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;

/**
 * One file of a variant.
 *
 * @param name path inside the variant's folder with {@code /} between its parts
 * @param sizeBytes its size
 * @param sha256 of its content
 */
public record StoredFile(String name, long sizeBytes, String sha256) {

    /** Hashes every file of a variant's folder, ordered by name; the store's own files are left out. */
    public static List<StoredFile> hashAll(Path folder) throws IOException {
        var files = new ArrayList<StoredFile>();
        for (var name : namesIn(folder)) {
            var path = folder.resolve(name);
            var attributes = Files.readAttributes(path, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
            if (!attributes.isRegularFile()) {
                throw new DamagedFileException(name + ": not a regular file");
            }
            files.add(new StoredFile(name, attributes.size(), Sha256.ofFile(path)));
        }
        return files;
    }

    /** Makes every file of a variant's folder survive a power cut, and their names too; returns how many they are. */
    public static int syncAll(Path folder) throws IOException {
        var names = namesIn(folder);
        var folders = new TreeSet<Path>(Set.of(folder));
        for (var name : names) {
            var path = folder.resolve(name);
            try (var channel = FileChannel.open(path, StandardOpenOption.WRITE, LinkOption.NOFOLLOW_LINKS)) {
                channel.force(true);
            }
            for (var above = path.getParent(); above != null && folders.add(above); ) {
                above = above.getParent();
            }
        }
        for (var each : folders) {
            AtomicFiles.syncFolder(each);
        }
        return names.size();
    }

    /** Names of the files in a variant's folder, ordered; the store's own files are left out. */
    public static List<String> namesIn(Path folder) throws IOException {
        try (var tree = Files.walk(folder)) {
            return tree.filter(path -> !Files.isDirectory(path, LinkOption.NOFOLLOW_LINKS))
                    .map(path -> nameOf(folder, path))
                    .filter(name -> !isStoresOwn(name))
                    .sorted()
                    .toList();
        }
    }

    /** One digest for all files: SHA-256 over lines {@code <sha256>  <name>} ordered by name. */
    public static String digestOf(List<StoredFile> files) {
        return Sha256.ofText(files.stream()
                .sorted(Comparator.comparing(StoredFile::name))
                .map(file -> file.sha256() + "  " + file.name() + "\n")
                .collect(Collectors.joining()));
    }

    static boolean isStoresOwn(String name) {
        return name.equals(VariantManifest.FILE) || name.equals(VariantUse.LOCK_FILE);
    }

    static String nameOf(Path folder, Path file) {
        return folder.relativize(file).toString().replace('\\', '/');
    }
}
