package dev.quantgate.worker.store;

import dev.quantgate.worker.api.FailureKind;
import dev.quantgate.worker.api.WorkerFailure;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** The check that a disk has room, made before a long job instead of at its end. */
public final class FreeSpace {
    private static final double MARGIN = 1.05;

    private FreeSpace() {}

    /**
     * Passes if {@code bytes} and 5% fit on the disk of {@code place}.
     *
     * @throws dev.quantgate.worker.api.WorkerException DISK_FULL with both sizes
     */
    public static void require(Path place, long bytes) throws IOException {
        var needed = (long) Math.min(bytes * MARGIN, Long.MAX_VALUE);
        var free = Files.getFileStore(nearestExisting(place)).getUsableSpace();
        if (needed > free) {
            throw WorkerFailure.of(
                            FailureKind.DISK_FULL,
                            "the disk of the model store has " + free + " bytes free (expected: at least " + needed
                                    + ")")
                    .asException();
        }
    }

    static Path nearestExisting(Path place) {
        var current = place.toAbsolutePath();
        while (Files.notExists(current) && current.getParent() != null) {
            current = current.getParent();
        }
        return current;
    }
}
