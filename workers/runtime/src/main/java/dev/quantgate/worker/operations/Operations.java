package dev.quantgate.worker.operations;

import dev.quantgate.worker.api.CallContext;
import dev.quantgate.worker.api.FailureKind;
import dev.quantgate.worker.api.ImportRequest;
import dev.quantgate.worker.api.OperationRecord;
import dev.quantgate.worker.api.QuantizeRequest;
import dev.quantgate.worker.api.StreamHandle;
import dev.quantgate.worker.api.StreamSink;
import dev.quantgate.worker.api.WorkerFailure;
import java.io.IOException;
import java.util.List;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The long-running operations of a store, as one worker offers them: submit or join, look, watch, cancel, forget. All
 * methods but {@link #watch} read or write files and block. Thread-safe.
 */
public final class Operations implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Operations.class);
    private static final long PRUNE_MINUTES = 60;

    private final Workplace place;
    private final Journal journal;
    private final Submission submission;
    private final Scheduler scheduler;
    private final Future<?> pruning;

    /** Starts to work off the store's journal. */
    public Operations(Workplace place) {
        this.place = place;
        this.journal = new Journal(place.store().operations());
        this.submission = new Submission(place, journal);
        this.scheduler = new Scheduler(place, journal);
        this.pruning = place.timer()
                .scheduleWithFixedDelay(() -> place.files().execute(this::prune), 1, PRUNE_MINUTES, TimeUnit.MINUTES);
    }

    /** Starts an import or joins one of the same source to the same name. */
    public OperationRecord importModel(ImportRequest request) throws IOException {
        return submitted(submission.importModel(request));
    }

    /** Starts a quantisation, joins the one that runs, or returns a finished one for a variant that is there. */
    public OperationRecord quantize(QuantizeRequest request) throws IOException {
        return submitted(submission.quantize(request));
    }

    /** Every operation whose journal entry can be read, newest first. */
    public List<OperationRecord> list() throws IOException {
        return journal.entries().stream().map(JournalEntry::record).toList();
    }

    public OperationRecord get(String id) throws IOException {
        return journal.require(id).record();
    }

    /** Asks an operation to stop, wherever it runs; a finished one stays as it is. */
    public OperationRecord cancel(String id) throws IOException {
        var failure = WorkerFailure.of(FailureKind.CANCELLED, "the operation was cancelled");
        var entry = journal.cancel(
                id, before -> before.cancelled(failure, place.clock().instant()));
        scheduler.cancelHere(id);
        scheduler.poke();
        return entry.record();
    }

    public void delete(String id) throws IOException {
        journal.delete(id);
    }

    /** Streams the present state and each change of it; never blocks. */
    public StreamHandle watch(String id, CallContext context, StreamSink<OperationRecord> sink) {
        var watch = new Watch(id, sink);
        context.cancellation().onCancel(watch::cancel);
        if (context.timeout().compareTo(CallContext.NO_TIMEOUT) < 0) {
            var late = WorkerFailure.of(FailureKind.DEADLINE_EXCEEDED, "the deadline passed while watching");
            var deadline = place.timer()
                    .schedule(() -> watch.fail(late), context.timeout().toNanos(), TimeUnit.NANOSECONDS);
            watch.whenEnded(() -> deadline.cancel(false));
        }
        scheduler.watch(watch);
        return watch;
    }

    /** Number of operations that run in this process. */
    public int running() {
        return scheduler.runningCount();
    }

    /** Stops working; what runs goes back to the queue, for this process's next life or another one. */
    @Override
    public void close() {
        pruning.cancel(false);
        scheduler.close();
    }

    private OperationRecord submitted(JournalEntry entry) {
        scheduler.poke();
        return entry.record();
    }

    private void prune() {
        try {
            journal.prune(place.clock().instant());
        } catch (IOException | RuntimeException failed) {
            LOG.atWarn().setCause(failed).log("old operations could not be pruned; it is tried again");
        }
    }
}
