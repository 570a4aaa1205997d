package dev.quantgate.worker.operations;

import dev.quantgate.worker.api.Cancellation;
import dev.quantgate.worker.api.OperationState;
import dev.quantgate.worker.api.ProgressListener;
import dev.quantgate.worker.lease.Lease;
import dev.quantgate.worker.store.AtomicFiles;
import dev.quantgate.worker.store.ModelFolder;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** One run of an operation by this process. Progress comes on the job's thread and is read by the tick. */
final class Run {
    private static final int RESERVE_BYTES = 64 * 1024;
    private static final long REPORT_NANOS = Duration.ofMillis(250).toNanos();

    private final JournalEntry entry;
    private final Lease lease;
    private final Cancellation cancellation = new Cancellation();
    private volatile Progress progress = new Progress(OperationState.RUNNING, 0, "starts");
    private volatile boolean interrupted;
    private @Nullable Path part;
    private Progress reported = progress;
    private long reportedNanos = System.nanoTime();

    /** How far it is. */
    record Progress(OperationState state, double fraction, String step) {}

    Run(JournalEntry entry, Lease lease) {
        this.entry = entry;
        this.lease = lease;
    }

    JournalEntry entry() {
        return entry;
    }

    Lease lease() {
        return lease;
    }

    ModelFolder model() {
        return lease.model();
    }

    Cancellation cancellation() {
        return cancellation;
    }

    /** Where this run writes, whatever other runs of the same operation do. */
    Path newPart() throws IOException {
        var made = model().newPart(lease.epoch());
        part = made;
        Files.write(reserveOf(made), new byte[RESERVE_BYTES]);
        return made;
    }

    /**
     * Deletes what is still there of its own folder, and gives back the room that was kept beside it: on a full disk
     * that is what lets the failure be written down.
     */
    void discardPart() throws IOException {
        var made = part;
        if (made != null) {
            AtomicFiles.deleteTree(made);
            Files.deleteIfExists(reserveOf(made));
        }
    }

    private static Path reserveOf(Path part) {
        return part.resolveSibling(part.getFileName() + ".reserve");
    }

    /** Shows a part of the job as the range {@code from} to {@code to} of the whole. */
    ProgressListener between(double from, double to) {
        return (fraction, step) -> progress =
                new Progress(OperationState.RUNNING, from + (to - from) * Math.max(0, Math.min(1, fraction)), step);
    }

    void publishing(double fraction, String step) {
        progress = new Progress(OperationState.PUBLISHING, fraction, step);
    }

    /** Stops because the worker stops: somebody else is to go on. */
    void interrupt() {
        interrupted = true;
        cancellation.cancel();
    }

    boolean isInterrupted() {
        return interrupted;
    }

    /** The news that are due for the journal: at most four times a second, called by the tick alone. */
    Optional<Progress> takeNews() {
        var now = System.nanoTime();
        var newest = progress;
        if (newest.equals(reported) || now - reportedNanos < REPORT_NANOS) {
            return Optional.empty();
        }
        reported = newest;
        reportedNanos = now;
        return Optional.of(newest);
    }
}
