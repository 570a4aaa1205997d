package dev.quantgate.worker.store;

import static java.nio.file.StandardOpenOption.CREATE;
import static java.nio.file.StandardOpenOption.READ;
import static java.nio.file.StandardOpenOption.WRITE;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.concurrent.locks.ReentrantLock;

/**
 * A short critical section between all threads of all processes that use one lock file. A file lock belongs to the
 * whole JVM and is lost when any channel on its file is closed, so threads queue on a lock in memory first, and only
 * its holder opens the file. Not reentrant. When two are needed, a model's comes before the journal's.
 */
public final class FileMutex {
    /** How long {@link #hold(Path, Action)} waits; sections take milliseconds, so this means a stuck owner. */
    public static final Duration PATIENCE = Duration.ofSeconds(5);

    private static final long RETRY_NANOS = Duration.ofMillis(3).toNanos();

    // Keyed by real path, for the JVM as file locks are; one small entry for each lock file ever used.
    private static final Map<Path, ReentrantLock> IN_JVM = new ConcurrentHashMap<>();

    private FileMutex() {}

    /** What runs inside. */
    @FunctionalInterface
    public interface Action<T> {
        T run() throws IOException;
    }

    /** Somebody held the lock for longer than the caller would wait. */
    public static final class BusyException extends IOException {
        private static final long serialVersionUID = 1L;

        BusyException(Path lockFile) {
            super(lockFile.getFileName() + ": held by somebody else");
        }
    }

    public static <T> T hold(Path lockFile, Action<T> action) throws IOException {
        return hold(lockFile, PATIENCE, action);
    }

    /**
     * Runs {@code action} alone; the lock file is made if it is missing, its folder must exist.
     *
     * @throws BusyException if the lock is not free within {@code patience}
     */
    public static <T> T hold(Path lockFile, Duration patience, Action<T> action) throws IOException {
        var deadline = System.nanoTime() + patience.toNanos();
        var key = lockFile.toAbsolutePath().normalize();
        var folder = key.getParent();
        if (folder != null) {
            key = folder.toRealPath().resolve(lockFile.getFileName());
        }
        var inJvm = IN_JVM.computeIfAbsent(key, path -> new ReentrantLock(true));
        if (inJvm.isHeldByCurrentThread()) {
            throw new IllegalStateException("lock file: " + key.getFileName() + " (expected: not held by this thread)");
        }
        await(inJvm, deadline, key);
        try {
            return holdFile(key, deadline, action);
        } finally {
            inJvm.unlock();
        }
    }

    private static void await(ReentrantLock lock, long deadline, Path key) throws IOException {
        try {
            if (!lock.tryLock(Math.max(0, deadline - System.nanoTime()), TimeUnit.NANOSECONDS)) {
                throw new BusyException(key);
            }
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw new BusyException(key);
        }
    }

    private static <T> T holdFile(Path key, long deadline, Action<T> action) throws IOException {
        while (true) {
            var before = identity(key);
            try (var channel = FileChannel.open(key, CREATE, READ, WRITE, LinkOption.NOFOLLOW_LINKS)) {
                while (channel.tryLock() == null) {
                    if (System.nanoTime() - deadline >= 0) {
                        throw new BusyException(key);
                    }
                    LockSupport.parkNanos(RETRY_NANOS);
                }
                // A model may be deleted and made anew in between: then this is the lock of the old one.
                if (before.isPresent() && before.equals(identity(key))) {
                    return action.run();
                }
            }
        }
    }

    private static Optional<Object> identity(Path file) throws IOException {
        try {
            var attributes = Files.readAttributes(file, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
            return Optional.ofNullable(attributes.fileKey());
        } catch (NoSuchFileException missing) {
            return Optional.empty();
        }
    }
}
