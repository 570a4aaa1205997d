package dev.quantgate.worker.store;

import static java.nio.file.StandardOpenOption.CREATE_NEW;
import static java.nio.file.StandardOpenOption.READ;
import static java.nio.file.StandardOpenOption.WRITE;

import dev.quantgate.worker.api.Cancellation;
import dev.quantgate.worker.api.FailureKind;
import dev.quantgate.worker.api.ProgressListener;
import dev.quantgate.worker.api.WorkerException;
import dev.quantgate.worker.api.WorkerFailure;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.function.LongConsumer;

/**
 * A copy of a local model file or folder into the store, hashed on the way. The kernel copies and the copy is what is
 * hashed, so the digest says what is stored; a source that changes meanwhile is refused. Links inside a folder are
 * refused, but for those of a Hugging Face cache into its own {@code blobs}.
 */
public final class ArtifactCopy {
    private static final int CHUNK_BYTES = 8 << 20;
    private static final int MAX_FILES = 1000;
    private static final int MAX_DEPTH = 8;

    private final Path source;
    private final boolean single;
    private final List<Entry> entries;

    /** One file to copy, as it was when the plan was made. */
    private record Entry(Path path, String name, BasicFileAttributes attributes) {}

    private ArtifactCopy(Path source, boolean single, List<Entry> entries) {
        this.source = source;
        this.single = single;
        this.entries = entries;
    }

    /**
     * Looks at what is to be copied: a file, or a folder without its hidden files.
     *
     * @throws WorkerException INVALID_REQUEST for field {@code source_uri}
     */
    public static ArtifactCopy plan(Path given) throws IOException {
        Path source;
        try {
            source = given.toRealPath();
        } catch (IOException missing) {
            throw refused("does not exist or cannot be read", "a file or folder on the worker's host");
        }
        if (Files.isRegularFile(source)) {
            var name = String.valueOf(source.getFileName());
            return new ArtifactCopy(source, true, List.of(entry(source, name)));
        }
        if (!Files.isDirectory(source)) {
            throw refused("is neither a file nor a folder", "a model file or a model folder");
        }
        var entries = new ArrayList<Entry>();
        collect(source, source, entries, 0);
        if (entries.isEmpty()) {
            throw refused("is an empty folder", "a folder with a model");
        }
        return new ArtifactCopy(source, false, entries);
    }

    /** The source without links in its path. */
    public Path source() {
        return source;
    }

    /** The name of the one file, or {@link VariantManifest#WHOLE_FOLDER}. */
    public String artifact() {
        return single ? entries.get(0).name() : VariantManifest.WHOLE_FOLDER;
    }

    public long sizeBytes() {
        return entries.stream().mapToLong(entry -> entry.attributes().size()).sum();
    }

    /**
     * Copies into an empty folder.
     *
     * @throws WorkerException CANCELLED, or FAILED_PRECONDITION if the source changes meanwhile
     */
    public List<StoredFile> into(Path folder, ProgressListener progress, Cancellation cancellation) throws IOException {
        var total = Math.max(1, sizeBytes());
        var files = new ArrayList<StoredFile>();
        long before = 0;
        for (var entry : entries) {
            var done = before;
            var target = folder.resolve(entry.name());
            var parent = target.getParent();
            if (parent != null) {
                Files.createDirectories(parent);
            }
            var sha256 = copy(
                    entry,
                    target,
                    cancellation,
                    position -> progress.progress((double) (done + position) / total, "copying " + entry.name()));
            files.add(new StoredFile(entry.name(), entry.attributes().size(), sha256));
            before += entry.attributes().size();
            if (parent != null) {
                AtomicFiles.syncFolder(parent);
            }
        }
        return files;
    }

    private static String copy(Entry entry, Path target, Cancellation cancellation, LongConsumer position)
            throws IOException {
        var digest = Sha256.newDigest();
        var buffer = ByteBuffer.allocateDirect(CHUNK_BYTES);
        var size = entry.attributes().size();
        try (var from = FileChannel.open(entry.path(), READ);
                var to = FileChannel.open(target, CREATE_NEW, READ, WRITE)) {
            long copied = 0;
            while (copied < size) {
                if (cancellation.isCancelled()) {
                    throw WorkerFailure.of(FailureKind.CANCELLED, "the import was cancelled")
                            .asException();
                }
                to.position(copied);
                var moved = from.transferTo(copied, Math.min(CHUNK_BYTES, size - copied), to);
                if (moved <= 0) {
                    throw changed(entry);
                }
                readFully(to, copied, buffer.clear().limit((int) moved));
                digest.update(buffer.flip());
                copied += moved;
                position.accept(copied);
            }
            to.force(true);
        }
        if (!same(entry.attributes(), Files.readAttributes(entry.path(), BasicFileAttributes.class))) {
            throw changed(entry);
        }
        return Sha256.hex(digest.digest());
    }

    private static void readFully(FileChannel channel, long position, ByteBuffer buffer) throws IOException {
        var at = position;
        while (buffer.hasRemaining()) {
            var read = channel.read(buffer, at);
            if (read < 0) {
                throw new DamagedFileException("the copy is shorter than what was written");
            }
            at += read;
        }
    }

    private static boolean same(BasicFileAttributes before, BasicFileAttributes after) {
        return before.size() == after.size()
                && before.lastModifiedTime().equals(after.lastModifiedTime())
                && Objects.equals(before.fileKey(), after.fileKey());
    }

    private static void collect(Path top, Path folder, List<Entry> entries, int depth) throws IOException {
        for (var path : ModelFolder.list(folder)) {
            var name = StoredFile.nameOf(top, path);
            if (String.valueOf(path.getFileName()).startsWith(".")) {
                continue;
            }
            if (Files.isDirectory(path, LinkOption.NOFOLLOW_LINKS)) {
                if (depth == MAX_DEPTH) {
                    throw refused("nests too deep at " + name, "at most " + MAX_DEPTH + " levels");
                }
                collect(top, path, entries, depth + 1);
            } else {
                entries.add(entry(Files.isSymbolicLink(path) ? cachedBlob(top, path, name) : path, name));
            }
            if (entries.size() > MAX_FILES) {
                throw refused("holds too many files", "at most " + MAX_FILES);
            }
        }
    }

    /** {@code models--x/snapshots/<commit>/file} of a Hugging Face cache links to {@code models--x/blobs/<hash>}. */
    private static Path cachedBlob(Path top, Path link, String name) throws IOException {
        var snapshots = top.getParent();
        var target = link.toRealPath();
        if (snapshots != null
                && snapshots.endsWith("snapshots")
                && target.startsWith(snapshots.resolveSibling("blobs"))) {
            return target;
        }
        throw refused("holds a symbolic link, " + name, "regular files and folders");
    }

    private static Entry entry(Path path, String name) throws IOException {
        var attributes = Files.readAttributes(path, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
        if (!attributes.isRegularFile()) {
            throw refused("holds " + name + ", which is not a regular file", "regular files and folders");
        }
        if (StoredFile.isStoresOwn(name)) {
            throw refused("holds " + name, "no file of that name: the store keeps its own");
        }
        return new Entry(path, name, attributes);
    }

    private static WorkerException refused(String what, String expected) {
        return WorkerFailure.invalid("source_uri", what + " (expected: " + expected + ")")
                .asException();
    }

    private static WorkerException changed(Entry entry) {
        return WorkerFailure.of(
                        FailureKind.FAILED_PRECONDITION,
                        entry.name() + " changed while it was copied (expected: a source that nobody writes to)")
                .asException();
    }
}
