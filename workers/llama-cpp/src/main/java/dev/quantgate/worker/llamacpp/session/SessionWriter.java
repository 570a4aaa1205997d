package dev.quantgate.worker.llamacpp.session;

import static java.nio.file.StandardOpenOption.CREATE_NEW;
import static java.nio.file.StandardOpenOption.READ;
import static java.nio.file.StandardOpenOption.WRITE;

import dev.quantgate.worker.api.backend.SessionPlace;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.UUID;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Writes sessions so that each is seen whole or not at all, and keeps them within their limit. */
final class SessionWriter {
    private static final Logger LOGGER = LoggerFactory.getLogger(SessionWriter.class);
    private static final String TEMPORARY = ".tmp";

    /** What is older than this was left by a process that died. */
    private static final Duration ABANDONED = Duration.ofHours(1);

    private SessionWriter() {}

    /** Replaces a session: a file of its own beside it, fsync, rename, fsync of the folder. The last writer wins. */
    static void write(SessionPlace place, String name, SessionHeader header, ByteBuffer state) throws IOException {
        Files.createDirectories(place.folder());
        var temporary = place.folder().resolve("." + name + "." + UUID.randomUUID() + TEMPORARY);
        try {
            try (var channel = FileChannel.open(temporary, CREATE_NEW, WRITE)) {
                writeAll(channel, SessionFile.head(header));
                writeAll(channel, state.duplicate());
                channel.force(true);
            }
            Files.move(temporary, place.file(name), StandardCopyOption.ATOMIC_MOVE);
        } finally {
            Files.deleteIfExists(temporary);
        }
        try (var folder = FileChannel.open(place.folder(), READ)) {
            folder.force(true);
        }
    }

    /** Deletes the sessions that were saved longest ago, but not {@code newest}, until all fit the limit. */
    static void evict(SessionPlace place, String newest, long limitBytes) throws IOException {
        var entries = new ArrayList<Entry>();
        try (var files = Files.list(place.folder())) {
            for (var file : (Iterable<Path>) files::iterator) {
                entry(file, entries);
            }
        }
        entries.sort(Comparator.comparing(Entry::savedAt));
        var total = entries.stream().mapToLong(Entry::sizeBytes).sum();
        for (var entry : entries) {
            if (total > limitBytes && !entry.file().equals(place.file(newest))) {
                Files.deleteIfExists(entry.file());
                total -= entry.sizeBytes();
            }
        }
    }

    private record Entry(Path file, long sizeBytes, Instant savedAt) {}

    private static void entry(Path file, List<Entry> entries) throws IOException {
        var name = String.valueOf(file.getFileName());
        try {
            var attributes = Files.readAttributes(file, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
            var savedAt = attributes.lastModifiedTime().toInstant();
            if (name.endsWith(SessionPlace.SUFFIX)) {
                entries.add(new Entry(file, attributes.size(), savedAt));
            } else if (name.endsWith(TEMPORARY)
                    && savedAt.isBefore(Instant.now().minus(ABANDONED))) {
                Files.deleteIfExists(file);
            }
        } catch (NoSuchFileException gone) {
            LOGGER.atDebug().addKeyValue("file", name).log("a session was deleted or replaced meanwhile");
        }
    }

    private static void writeAll(FileChannel channel, ByteBuffer bytes) throws IOException {
        while (bytes.hasRemaining()) {
            channel.write(bytes);
        }
    }
}
