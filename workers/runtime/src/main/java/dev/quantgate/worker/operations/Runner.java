package dev.quantgate.worker.operations;

import dev.quantgate.worker.api.FailureKind;
import dev.quantgate.worker.api.OperationState;
import dev.quantgate.worker.api.WorkerException;
import dev.quantgate.worker.api.WorkerFailure;
import dev.quantgate.worker.lease.Lease;
import dev.quantgate.worker.store.AtomicFiles;
import dev.quantgate.worker.store.StoreFailure;
import java.io.IOException;
import java.time.Instant;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Runs one operation under its model's lease, from the first byte to the final state in the journal. The order is what
 * makes it safe: own folder, check, then publication and final state together under the lease's lock.
 */
final class Runner {
    /** Runs that may end with the death of the worker before the operation is given up. */
    private static final int MAX_ATTEMPTS = 3;

    private static final Logger LOG = LoggerFactory.getLogger(Runner.class);

    private final Workplace place;
    private final Journal journal;
    private final ImportJob importing;
    private final QuantizeJob quantizing;

    Runner(Workplace place, Journal journal) {
        this.place = place;
        this.journal = journal;
        this.importing = new ImportJob(place);
        this.quantizing = new QuantizeJob(place);
    }

    /** Records the start, which a power cut may take back; empty if the operation has ended meanwhile. */
    Optional<Run> start(String id, Lease lease) throws IOException {
        var now = place.clock().instant();
        var entry = journal.updateProgress(
                id, before -> before.isFinal() ? before : before.started(place.workerId(), lease.epoch(), now));
        return entry.isFinal() ? Optional.empty() : Optional.of(new Run(entry, lease));
    }

    /** Runs to the end and gives the lease back; blocks. */
    void run(Run run) throws IOException {
        try (var lease = run.lease()) {
            lease.onLost(run.cancellation()::cancel);
            LOG.atInfo()
                    .addKeyValue("operation", run.entry().id())
                    .addKeyValue("modelId", run.model().name())
                    .addKeyValue("epoch", lease.epoch())
                    .log("an operation starts");
            var failure = attempt(run);
            if (failure.isPresent()) {
                recordFailure(run, failure.get());
            }
        } finally {
            place.changed().accept(run.model().name());
        }
    }

    private Optional<WorkerFailure> attempt(Run run) {
        try {
            work(run);
            return Optional.empty();
        } catch (IOException failed) {
            var translated = StoreFailure.translate(
                    failed, "working on the model store", run.model().path());
            if (translated.failure().kind() == FailureKind.INTERNAL) {
                logBug(run, failed);
            }
            return Optional.of(translated.failure());
        } catch (WorkerException planned) {
            return Optional.of(planned.failure());
        } catch (RuntimeException bug) {
            logBug(run, bug);
            return Optional.of(WorkerFailure.of(FailureKind.INTERNAL, "the operation failed unexpectedly"));
        }
    }

    private void work(Run run) throws IOException {
        var entry = run.entry();
        if (entry.attempts() > MAX_ATTEMPTS) {
            throw WorkerFailure.of(
                            FailureKind.BACKEND_CRASHED,
                            "the worker died " + MAX_ATTEMPTS + " times while it ran this operation")
                    .asException();
        }
        if (journal.isCancelRequested(entry.id())) {
            run.cancellation().cancel();
        }
        requireNotCancelled(run);
        try {
            var result = switch (entry.work().kind()) {
                case IMPORT -> importing.run((Work.Importing) entry.work(), run);
                case QUANTIZE -> quantizing.run((Work.Quantizing) entry.work(), run);
            };
            run.publishing(0.98, "publishing");
            requireNotCancelled(run);
            publish(run, result);
        } finally {
            // Also on a full disk: only with this room back can the failure itself be written down.
            run.discardPart();
        }
    }

    private void publish(Run run, Result result) throws IOException {
        var id = run.entry().id();
        var published = new AtomicReference<Work>();
        var done = run.lease()
                .commitLast(
                        () -> {
                            var latest = journal.require(id).work();
                            result.publication().publish(latest);
                            // Before anybody can see that it is done: the next request must know it.
                            place.changed().accept(run.model().name());
                            published.set(latest);
                            return latest;
                        },
                        () -> {
                            var now = place.clock().instant();
                            return journal.update(
                                    id,
                                    before -> before.isFinal()
                                            ? before
                                            : before.succeeded(result.report(), result.alreadyDone(), now));
                        });
        if (!done.work().equals(published.get())) {
            publishAdded(run, result, done.work());
        }
    }

    /** A caller joined between the publication and the final state, and wanted the variant as the default. */
    private void publishAdded(Run run, Result result, Work work) throws IOException {
        var again = place.leases().tryAcquire(run.model(), "making the default");
        if (again.isPresent()) {
            try (var lease = again.get()) {
                lease.commit(() -> {
                    result.publication().publish(work);
                    return work;
                });
            }
        }
    }

    private void recordFailure(Run run, WorkerFailure failure) throws IOException {
        if (failure.kind() == FailureKind.FENCED || run.lease().isLost()) {
            LOG.atWarn()
                    .addKeyValue("operation", run.entry().id())
                    .addKeyValue("modelId", run.model().name())
                    .log("a stale run of an operation was discarded");
            return;
        }
        var now = place.clock().instant();
        try {
            run.lease()
                    .commitLast(
                            () -> {
                                if (!run.model().hasModel()) {
                                    AtomicFiles.deleteTree(place.store().hide(run.model()));
                                }
                                return now;
                            },
                            () -> journal.update(run.entry().id(), before -> ended(before, run, failure, now)));
        } catch (WorkerException fenced) {
            LOG.atWarn().addKeyValue("operation", run.entry().id()).log("a stale run of an operation was discarded");
        }
    }

    private static JournalEntry ended(JournalEntry before, Run run, WorkerFailure failure, Instant now) {
        if (before.isFinal()) {
            return before;
        }
        if (failure.kind() != FailureKind.CANCELLED) {
            return before.failed(failure, now);
        }
        return run.isInterrupted() ? before.requeued(now) : before.cancelled(failure, now);
    }

    private static void requireNotCancelled(Run run) {
        if (run.cancellation().isCancelled()) {
            throw WorkerFailure.of(FailureKind.CANCELLED, "the operation was cancelled")
                    .asException();
        }
    }

    private static void logBug(Run run, Exception bug) {
        LOG.atError()
                .addKeyValue("operation", run.entry().id())
                .addKeyValue("modelId", run.model().name())
                .setCause(bug)
                .log("an operation failed unexpectedly");
    }

    /** Writes down how far a run is, if that is news. */
    void report(Run run) throws IOException {
        var news = run.takeNews();
        if (news.isEmpty()) {
            return;
        }
        var progress = news.get();
        var now = place.clock().instant();
        journal.updateProgress(
                run.entry().id(),
                before -> before.isFinal()
                                || before.epoch() != run.lease().epoch()
                                || before.record().state() == OperationState.QUEUED
                        ? before
                        : before.progressed(progress.state(), progress.fraction(), progress.step(), now));
    }
}
