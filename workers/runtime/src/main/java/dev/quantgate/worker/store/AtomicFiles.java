package dev.quantgate.worker.store;

import static java.nio.file.StandardOpenOption.CREATE;
import static java.nio.file.StandardOpenOption.READ;
import static java.nio.file.StandardOpenOption.TRUNCATE_EXISTING;
import static java.nio.file.StandardOpenOption.WRITE;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Writes that are seen whole or not at all, and survive a power cut. A target has one writer at a time (its lock is
 * held), so its temporary file has a fixed name and a crash leaves at most one behind, which the next write reuses.
 */
public final class AtomicFiles {
    private AtomicFiles() {}

    /** Replaces {@code target}: temporary file beside it, fsync, read back, rename, fsync of the folder. */
    public static void write(Path target, String text) throws IOException {
        replace(target, text, true);
    }

    /** As {@link #write} without fsync: for news that nobody misses after a power cut, such as progress. */
    public static void writeVolatile(Path target, String text) throws IOException {
        replace(target, text, false);
    }

    private static void replace(Path target, String text, boolean durable) throws IOException {
        var folder = parentOf(target);
        var temporary = folder.resolve("." + target.getFileName() + ".tmp");
        var content = text.getBytes(StandardCharsets.UTF_8);
        try {
            try (var channel =
                    FileChannel.open(temporary, CREATE, WRITE, TRUNCATE_EXISTING, LinkOption.NOFOLLOW_LINKS)) {
                var buffer = ByteBuffer.wrap(content);
                while (buffer.hasRemaining()) {
                    channel.write(buffer);
                }
                if (durable) {
                    channel.force(true);
                }
            }
            if (!Arrays.equals(Files.readAllBytes(temporary), content)) {
                throw new DamagedFileException(target.getFileName() + ": reads back differently than it was written");
            }
            Files.move(temporary, target, StandardCopyOption.ATOMIC_MOVE);
        } catch (IOException failed) {
            discard(temporary, failed);
            throw failed;
        }
        if (durable) {
            syncFolder(folder);
        }
    }

    /** Renames a folder to a name that nothing has yet, for good. */
    public static void publish(Path folder, Path target) throws IOException {
        syncFolder(folder);
        if (Files.exists(target, LinkOption.NOFOLLOW_LINKS)) {
            throw new DamagedFileException(target.getFileName() + ": exists (expected: a free name)");
        }
        Files.move(folder, target, StandardCopyOption.ATOMIC_MOVE);
        syncFolder(parentOf(target));
        if (!parentOf(folder).equals(parentOf(target))) {
            syncFolder(parentOf(folder));
        }
    }

    /** Makes the names in a folder survive a power cut. */
    public static void syncFolder(Path folder) throws IOException {
        try (var channel = FileChannel.open(folder, READ)) {
            channel.force(true);
        }
    }

    /** Deletes a file or a folder with all that is in it, links but not their targets; a missing one is fine. */
    public static void deleteTree(Path root) throws IOException {
        if (Files.notExists(root, LinkOption.NOFOLLOW_LINKS)) {
            return;
        }
        Files.walkFileTree(root, new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) throws IOException {
                Files.deleteIfExists(file);
                return FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult visitFileFailed(Path file, IOException failed) throws IOException {
                if (failed instanceof NoSuchFileException) {
                    return FileVisitResult.CONTINUE;
                }
                throw failed;
            }

            @Override
            public FileVisitResult postVisitDirectory(Path folder, @Nullable IOException failed) throws IOException {
                if (failed != null) {
                    throw failed;
                }
                Files.deleteIfExists(folder);
                return FileVisitResult.CONTINUE;
            }
        });
    }

    private static void discard(Path temporary, IOException failed) {
        try {
            Files.deleteIfExists(temporary);
        } catch (IOException again) {
            failed.addSuppressed(again);
        }
    }

    private static Path parentOf(Path path) {
        var parent = path.toAbsolutePath().getParent();
        if (parent == null) {
            throw new IllegalArgumentException("path: " + path + " (expected: one with a parent folder)");
        }
        return parent;
    }
}
