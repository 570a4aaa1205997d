package dev.quantgate.worker.operations;

import dev.quantgate.worker.api.FailureKind;
import dev.quantgate.worker.api.OperationKind;
import dev.quantgate.worker.api.WorkerException;
import dev.quantgate.worker.api.WorkerFailure;
import dev.quantgate.worker.lease.Lease;
import dev.quantgate.worker.store.ModelFolder;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Works off the journal. The journal is the queue and a model's lease is the right to work, so a new operation, one of
 * a process that died and one that another process could not run are the same case: whoever gets the lease runs it. At
 * most one import and one quantisation run here at a time; a quantisation uses all cores that the backend may use.
 */
final class Scheduler implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Scheduler.class);
    private static final Duration TICK = Duration.ofMillis(200);
    private static final int IDLE_TICKS = 5;
    private static final long REST_NANOS = Duration.ofSeconds(2).toNanos();

    private final Workplace place;
    private final Journal journal;
    private final Runner runner;
    private final Map<String, Run> running = new ConcurrentHashMap<>();
    private final List<Watch> watches = new CopyOnWriteArrayList<>();
    private final AtomicBoolean due = new AtomicBoolean();
    private final Future<?> ticks;
    private volatile boolean closed;
    private volatile boolean busy = true;
    private volatile long restUntilNanos = System.nanoTime();
    private int tick;

    Scheduler(Workplace place, Journal journal) {
        this.place = place;
        this.journal = journal;
        this.runner = new Runner(place, journal);
        this.ticks = place.timer().scheduleWithFixedDelay(this::tick, 0, TICK.toMillis(), TimeUnit.MILLISECONDS);
    }

    /** Looks at the journal soon. */
    void poke() {
        if (closed || !due.compareAndSet(false, true)) {
            return;
        }
        try {
            place.files().execute(this::pass);
        } catch (RejectedExecutionException overloaded) {
            due.set(false);
        }
    }

    void watch(Watch watch) {
        watches.add(watch);
        poke();
    }

    /** Stops the run of an operation if it is here. */
    void cancelHere(String id) {
        var run = running.get(id);
        if (run != null) {
            run.cancellation().cancel();
        }
    }

    int runningCount() {
        return running.size();
    }

    /** Starts nothing more, and hands what runs here back to the queue. */
    @Override
    public void close() {
        closed = true;
        ticks.cancel(false);
        running.values().forEach(Run::interrupt);
        watches.forEach(watch -> watch.fail(WorkerFailure.of(FailureKind.UNAVAILABLE, "the worker stops")));
    }

    private void tick() {
        if (busy || !watches.isEmpty() || ++tick % IDLE_TICKS == 0) {
            poke();
        }
    }

    private synchronized void pass() {
        due.set(false);
        try {
            for (var run : running.values()) {
                if (journal.isCancelRequested(run.entry().id())) {
                    run.cancellation().cancel();
                }
                runner.report(run);
            }
            var entries = journal.entries();
            busy = false;
            for (int i = entries.size() - 1; i >= 0; i--) {
                var entry = entries.get(i);
                if (!entry.isFinal()) {
                    busy = true;
                    consider(entry);
                }
            }
            watches.removeIf(Watch::isEnded);
            for (var watch : watches) {
                journal.find(watch.operation())
                        .ifPresentOrElse(entry -> watch.offer(entry.record()), () -> watch.fail(gone(watch)));
            }
        } catch (IOException | RuntimeException failed) {
            LOG.atWarn().setCause(failed).log("the journal could not be worked off; it is tried again");
            restUntilNanos = System.nanoTime() + REST_NANOS;
        }
    }

    private void consider(JournalEntry entry) throws IOException {
        var mine = entry.work().backend().equals(place.backend().name());
        if (closed
                || !mine
                || running.containsKey(entry.id())
                || isOccupied(entry.work().kind())
                || System.nanoTime() - restUntilNanos < 0) {
            return;
        }
        var folder = folderOf(entry);
        if (folder.isEmpty()) {
            journal.update(entry.id(), before -> before.isFinal() ? before : before.failed(noModel(entry), now()));
            return;
        }
        var lease = place.leases()
                .tryAcquire(
                        folder.get(), entry.work().kind() + " " + entry.work().variant());
        if (lease.isPresent()) {
            launch(entry, lease.get());
        }
    }

    private void launch(JournalEntry entry, Lease lease) throws IOException {
        Optional<Run> started;
        try {
            started = runner.start(entry.id(), lease);
        } catch (IOException | WorkerException failed) {
            lease.close();
            throw failed;
        }
        if (started.isEmpty()) {
            lease.close();
            return;
        }
        var run = started.get();
        running.put(entry.id(), run);
        place.jobs().execute(() -> {
            try {
                runner.run(run);
            } catch (IOException | RuntimeException failed) {
                LOG.atWarn().setCause(failed).log("the end of an operation could not be recorded; it is tried again");
                restUntilNanos = System.nanoTime() + REST_NANOS;
            } finally {
                running.remove(entry.id());
                poke();
            }
        });
    }

    private Optional<ModelFolder> folderOf(JournalEntry entry) throws IOException {
        return switch (entry.work().kind()) {
            case IMPORT -> Optional.of(place.store().makeFolder(entry.work().model()));
            case QUANTIZE ->
                Optional.of(place.store().folder(entry.work().model())).filter(ModelFolder::exists);
        };
    }

    private boolean isOccupied(OperationKind kind) {
        return running.values().stream().anyMatch(run -> run.entry().work().kind() == kind);
    }

    private Instant now() {
        return place.clock().instant();
    }

    private static WorkerFailure noModel(JournalEntry entry) {
        return WorkerFailure.of(
                FailureKind.MODEL_NOT_FOUND, "model " + entry.work().model() + " was deleted meanwhile");
    }

    private static WorkerFailure gone(Watch watch) {
        return WorkerFailure.of(FailureKind.OPERATION_NOT_FOUND, "no operation is called " + watch.operation());
    }
}
