package dev.quantgate.worker.store;

import dev.quantgate.worker.api.FailureKind;
import dev.quantgate.worker.api.WorkerException;
import dev.quantgate.worker.api.WorkerFailure;
import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.ReadOnlyFileSystemException;
import java.util.Locale;

/** Turns what the file system says into failures that a caller can act on; paths of the host stay out of them. */
public final class StoreFailure {
    /** With less room than this, a failed write is taken for a full disk whatever the system's language calls it. */
    private static final long NO_ROOM_BYTES = 64 * 1024;

    private StoreFailure() {}

    /** The failure behind {@code cause}, met while {@code doing} something below {@code place}. */
    public static WorkerException translate(IOException cause, String doing, Path place) {
        var reason = reasonOf(cause);
        if (reason.contains("no space left") || reason.contains("quota exceeded") || !hasRoom(place)) {
            return with(FailureKind.DISK_FULL, doing + ": the disk of the model store is full", cause);
        }
        if (reason.contains("read-only file system")
                || cause instanceof AccessDeniedException
                || cause.getCause() instanceof ReadOnlyFileSystemException) {
            return with(FailureKind.STORE_READ_ONLY, doing + ": the model store cannot be written", cause);
        }
        if (cause instanceof DamagedFileException) {
            return with(FailureKind.FAILED_PRECONDITION, doing + ": " + cause.getMessage(), cause);
        }
        if (cause instanceof FileMutex.BusyException) {
            return new WorkerException(
                    WorkerFailure.retry(
                            FailureKind.UNAVAILABLE, doing + ": the model store is busy", FileMutex.PATIENCE),
                    cause);
        }
        return with(FailureKind.INTERNAL, doing + ": input or output failed", cause);
    }

    private static WorkerException with(FailureKind kind, String message, IOException cause) {
        return new WorkerException(WorkerFailure.of(kind, message), cause);
    }

    private static String reasonOf(IOException cause) {
        var text = cause instanceof FileSystemException system ? system.getReason() : cause.getMessage();
        return text == null ? "" : text.toLowerCase(Locale.ROOT);
    }

    private static boolean hasRoom(Path place) {
        try {
            return Files.getFileStore(FreeSpace.nearestExisting(place)).getUsableSpace() >= NO_ROOM_BYTES;
        } catch (IOException unknown) {
            return true;
        }
    }
}
