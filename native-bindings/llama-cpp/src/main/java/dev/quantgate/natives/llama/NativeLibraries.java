package dev.quantgate.natives.llama;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.UUID;

/**
 * The native libraries packed into this jar, unpacked once per machine.
 *
 * <p>They go to {@code $QUANTGATE_CACHE/natives/<digest>} (default {@code ~/.cache/quantgate}), named by a digest of
 * their contents that was computed when the jar was built. A start therefore reads one small index and compares file
 * sizes; it hashes and copies nothing. The folder appears by a rename, so any number of processes may start at once.
 */
final class NativeLibraries {
    private static final String PLATFORM = "linux-x86_64";

    private record Entry(String name, long sizeBytes) {}

    private final String digest;
    private final List<Entry> entries;

    private NativeLibraries(String digest, List<Entry> entries) {
        this.digest = digest;
        this.entries = entries;
    }

    /** Returns the folder with all libraries, after unpacking them if need be. */
    static Path unpacked() {
        return unpacked(cacheFolder());
    }

    static Path unpacked(Path cache) {
        requirePlatform();
        try {
            NativeLibraries libraries = readIndex();
            Path folder = cache.resolve("natives").resolve(libraries.digest);
            if (!libraries.isComplete(folder)) {
                libraries.unpack(folder);
            }
            return folder;
        } catch (IOException e) {
            throw new UncheckedIOException(
                    "cannot unpack the native libraries to " + cache + ": set QUANTGATE_CACHE to a writable folder", e);
        }
    }

    static Path cacheFolder() {
        String configured = System.getenv("QUANTGATE_CACHE");
        return configured != null && !configured.isBlank()
                ? Path.of(configured).toAbsolutePath()
                : Path.of(System.getProperty("user.home"), ".cache", "quantgate");
    }

    private static void requirePlatform() {
        String os = System.getProperty("os.name", "").toLowerCase(Locale.ROOT);
        String arch = System.getProperty("os.arch", "").toLowerCase(Locale.ROOT);
        if (!os.startsWith("linux") || !(arch.equals("amd64") || arch.equals("x86_64"))) {
            throw new LlamaException("platform: " + os + " " + arch + " (expected: linux amd64)");
        }
    }

    private static NativeLibraries readIndex() throws IOException {
        try (BufferedReader reader =
                new BufferedReader(new InputStreamReader(open("index"), StandardCharsets.US_ASCII))) {
            String digest = Objects.requireNonNull(reader.readLine(), "digest");
            List<Entry> entries = new ArrayList<>();
            for (String line = reader.readLine(); line != null; line = reader.readLine()) {
                int space = line.lastIndexOf(' ');
                entries.add(new Entry(line.substring(0, space), Long.parseLong(line.substring(space + 1))));
            }
            return new NativeLibraries(digest, entries);
        }
    }

    private static InputStream open(String name) throws IOException {
        InputStream stream = NativeLibraries.class.getResourceAsStream(PLATFORM + "/" + name);
        if (stream == null) {
            throw new IOException("the jar holds no " + PLATFORM + "/" + name);
        }
        return stream;
    }

    private boolean isComplete(Path folder) {
        return entries.stream()
                .allMatch(entry -> folder.resolve(entry.name()).toFile().length() == entry.sizeBytes());
    }

    private void unpack(Path folder) throws IOException {
        Path parent = Objects.requireNonNull(folder.getParent(), "parent");
        Files.createDirectories(parent);
        Path part = Files.createTempDirectory(parent, ".unpack-");
        try {
            for (Entry entry : entries) {
                Path target = part.resolve(entry.name());
                try (InputStream in = open(entry.name())) {
                    Files.copy(in, target);
                }
                // Synced before the rename: a power cut must not leave a complete-looking folder of empty files.
                try (FileChannel channel = FileChannel.open(target, StandardOpenOption.WRITE)) {
                    channel.force(true);
                }
            }
            publish(part, folder);
        } finally {
            deleteFolder(part);
        }
    }

    private void publish(Path part, Path folder) throws IOException {
        if (Files.exists(folder) && !isComplete(folder)) {
            // Somebody damaged it. Moved aside rather than deleted: a running process may have it mapped.
            Files.move(folder, folder.resolveSibling(".damaged-" + UUID.randomUUID()));
        }
        try {
            Files.move(part, folder, StandardCopyOption.ATOMIC_MOVE);
        } catch (FileSystemException e) {
            // Another process may have been first; then its folder is as good.
            if (!isComplete(folder)) {
                throw e;
            }
        }
    }

    private static void deleteFolder(Path folder) throws IOException {
        if (!Files.exists(folder)) {
            return;
        }
        try (var files = Files.list(folder)) {
            for (Path file : (Iterable<Path>) files::iterator) {
                Files.delete(file);
            }
        }
        Files.delete(folder);
    }
}
