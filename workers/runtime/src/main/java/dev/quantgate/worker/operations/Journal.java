package dev.quantgate.worker.operations;

import dev.quantgate.worker.api.FailureKind;
import dev.quantgate.worker.api.Names;
import dev.quantgate.worker.api.OperationState;
import dev.quantgate.worker.api.WorkerFailure;
import dev.quantgate.worker.store.AtomicFiles;
import dev.quantgate.worker.store.DamagedFileException;
import dev.quantgate.worker.store.FileMutex;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The operations of a store, one file each, shared by all its processes. Every change is made under one lock, on what
 * is on disk at that moment. Thread-safe.
 */
final class Journal {
    private static final Logger LOG = LoggerFactory.getLogger(Journal.class);
    private static final String SUFFIX = ".json";
    private static final int KEPT_OPERATIONS = 1000;
    private static final Duration KEPT_TIME = Duration.ofDays(30);

    private final Path folder;
    private final Path lockFile;

    // Finished operations hardly ever change, so they are read again only when their file was replaced.
    private final Map<String, Cached> finished = new ConcurrentHashMap<>();
    private final Map<String, String> damaged = new ConcurrentHashMap<>();

    Journal(Path folder) {
        this.folder = folder;
        this.lockFile = folder.resolve("journal.lock");
    }

    private record Cached(JournalEntry entry, List<Object> stamp) {}

    /** A change of the journal that sees all of it; returns the entry to write. */
    interface Decision {
        JournalEntry decide(List<JournalEntry> entries) throws IOException;
    }

    /** All entries that can be read, newest first. */
    List<JournalEntry> entries() throws IOException {
        var ids = ids();
        finished.keySet().retainAll(ids);
        damaged.keySet().retainAll(ids);
        var entries = new ArrayList<JournalEntry>();
        for (var id : ids) {
            try {
                find(id).ifPresent(entries::add);
            } catch (DamagedFileException unreadable) {
                if (damaged.put(id, String.valueOf(unreadable.getMessage())) == null) {
                    LOG.atWarn()
                            .addKeyValue("operation", id)
                            .addKeyValue("damage", unreadable.getMessage())
                            .log("a journal entry is damaged and left out");
                }
            }
        }
        entries.sort(Comparator.comparing((JournalEntry entry) -> entry.record().createdAt())
                .reversed());
        return entries;
    }

    Optional<JournalEntry> find(String id) throws IOException {
        if (!Names.isVariant(id)) {
            return Optional.empty();
        }
        try {
            var stamp = stampOf(id);
            var known = finished.get(id);
            if (known != null && known.stamp().equals(stamp)) {
                return Optional.of(known.entry());
            }
            var entry = JournalFile.read(file(id));
            if (entry.isFinal()) {
                finished.put(id, new Cached(entry, stamp));
            }
            return Optional.of(entry);
        } catch (NoSuchFileException unknown) {
            return Optional.empty();
        }
    }

    JournalEntry require(String id) throws IOException {
        return find(id).orElseThrow(
                        () -> WorkerFailure.of(FailureKind.OPERATION_NOT_FOUND, "no operation is called " + id)
                                .asException());
    }

    /** Adds or joins: {@code decision} sees every entry, with all other writers locked out. */
    JournalEntry submit(Decision decision) throws IOException {
        return FileMutex.hold(lockFile, () -> {
            var entries = entries();
            var decided = decision.decide(entries);
            if (!entries.contains(decided)) {
                write(decided, true);
            }
            return decided;
        });
    }

    /** Changes an entry durably; a change that returns its argument writes nothing. */
    JournalEntry update(String id, UnaryOperator<JournalEntry> change) throws IOException {
        return update(id, change, true);
    }

    /** As {@link #update} for progress, which a power cut may take back. */
    JournalEntry updateProgress(String id, UnaryOperator<JournalEntry> change) throws IOException {
        return update(id, change, false);
    }

    /** Forgets a finished operation, or one whose entry cannot be read. */
    void delete(String id) throws IOException {
        FileMutex.hold(lockFile, () -> {
            try {
                if (!require(id).isFinal()) {
                    throw WorkerFailure.of(
                                    FailureKind.FAILED_PRECONDITION,
                                    "operation " + id + " has not ended (expected: a finished one; cancel it first)")
                            .asException();
                }
            } catch (DamagedFileException unreadable) {
                LOG.atInfo().addKeyValue("operation", id).log("a damaged journal entry is deleted");
            }
            remove(id);
            return id;
        });
    }

    /** Ends an operation that nobody runs, or tells its owner, wherever it is, to stop; a finished one stays. */
    JournalEntry cancel(String id, UnaryOperator<JournalEntry> cancelled) throws IOException {
        return FileMutex.hold(lockFile, () -> {
            var entry = require(id);
            if (entry.isFinal()) {
                return entry;
            }
            if (entry.record().state() == OperationState.QUEUED) {
                var ended = cancelled.apply(entry);
                write(ended, true);
                return ended;
            }
            AtomicFiles.write(marker(id), "");
            return entry;
        });
    }

    boolean isCancelRequested(String id) {
        return Files.exists(marker(id), LinkOption.NOFOLLOW_LINKS);
    }

    /** Forgets finished operations that are old or too many. */
    void prune(Instant now) throws IOException {
        FileMutex.hold(lockFile, () -> {
            var kept = 0;
            for (var entry : entries()) {
                var old = entry.record().updatedAt().isBefore(now.minus(KEPT_TIME));
                if (entry.isFinal() && (old || ++kept > KEPT_OPERATIONS)) {
                    remove(entry.id());
                }
            }
            return kept;
        });
    }

    private JournalEntry update(String id, UnaryOperator<JournalEntry> change, boolean durable) throws IOException {
        return FileMutex.hold(lockFile, () -> {
            var before = require(id);
            var after = change.apply(before);
            if (!after.equals(before)) {
                write(after, durable);
            }
            return after;
        });
    }

    private void write(JournalEntry entry, boolean durable) throws IOException {
        var text = JournalFile.encode(entry);
        if (durable) {
            AtomicFiles.write(file(entry.id()), text);
        } else {
            AtomicFiles.writeVolatile(file(entry.id()), text);
        }
        if (entry.isFinal()) {
            Files.deleteIfExists(marker(entry.id()));
        }
    }

    private void remove(String id) throws IOException {
        Files.deleteIfExists(file(id));
        Files.deleteIfExists(marker(id));
        finished.remove(id);
    }

    private Set<String> ids() throws IOException {
        if (!Files.isDirectory(folder)) {
            return Set.of();
        }
        try (var files = Files.list(folder)) {
            return files.map(file -> String.valueOf(file.getFileName()))
                    .filter(name -> name.endsWith(SUFFIX))
                    .map(name -> name.substring(0, name.length() - SUFFIX.length()))
                    .filter(Names::isVariant)
                    .collect(Collectors.toSet());
        }
    }

    private List<Object> stampOf(String id) throws IOException {
        var attributes = Files.readAttributes(file(id), BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
        return List.of(attributes.size(), attributes.lastModifiedTime(), String.valueOf(attributes.fileKey()));
    }

    private Path file(String id) {
        return folder.resolve(id + SUFFIX);
    }

    private Path marker(String id) {
        return folder.resolve(id + ".cancel");
    }
}
