package dev.quantgate.worker.llamacpp.session;

import dev.quantgate.worker.api.FailureKind;
import dev.quantgate.worker.api.WorkerException;
import dev.quantgate.worker.api.WorkerFailure;
import dev.quantgate.worker.api.backend.SessionPlace;
import dev.quantgate.worker.llamacpp.schedule.AdapterSet;
import dev.quantgate.worker.llamacpp.schedule.MemoryBudget;
import java.util.Optional;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/**
 * The sessions of one loaded model: states of finished requests in files, from which later requests start. Files are read
 * and written on a thread that comes and goes, never on the decode loop's. Thread-safe.
 */
public final class Sessions implements AutoCloseable {
    private static final long IDLE_SECONDS = 10;

    private final Settings settings;
    private final MemoryBudget memory;
    private final Runnable wake;
    private final ThreadPoolExecutor files;

    /**
     * How a model keeps sessions.
     *
     * @param place where; empty if it does not
     * @param engine version of llama.cpp
     * @param keyType type of cached keys
     * @param valueType type of cached values
     * @param flashAttention mode of attention
     * @param limitBytes most bytes that the model's sessions may take on disk
     * @param whole whether a state is of use only as a whole: with sliding-window attention its older cells are gone
     */
    public record Settings(
            Optional<SessionPlace> place,
            String engine,
            String keyType,
            String valueType,
            String flashAttention,
            long limitBytes,
            boolean whole) {

        /** The same for a model that cannot keep any. */
        public Settings without() {
            return new Settings(Optional.empty(), engine, keyType, valueType, flashAttention, limitBytes, whole);
        }
    }

    /** {@code wake} makes the decode loop look again. */
    public Sessions(String displayName, Settings settings, MemoryBudget memory, Runnable wake) {
        this.settings = settings;
        this.memory = memory;
        this.wake = wake;
        files = new ThreadPoolExecutor(1, 1, IDLE_SECONDS, TimeUnit.SECONDS, new LinkedBlockingQueue<>(), task -> {
            var thread = new Thread(task, "llama-sessions-" + displayName);
            thread.setDaemon(true);
            return thread;
        });
        files.allowCoreThreadTimeOut(true);
    }

    /**
     * Refuses what is cheap to see.
     *
     * @throws WorkerException UNSUPPORTED
     */
    public void require(String session) {
        if (!session.isEmpty() && settings.place().isEmpty()) {
            throw WorkerFailure.of(
                            FailureKind.UNSUPPORTED,
                            "this model keeps no sessions (expected: prefix_cache on, and a model without recurrent state)")
                    .asException();
        }
    }

    /**
     * Opens the session of a request; {@link Session#NONE} for the empty name. Reads the beginning of its file.
     *
     * @throws WorkerException FAILED_PRECONDITION if the saved state is damaged or was made with something else
     */
    public Session open(String session, AdapterSet adapters) {
        if (session.isEmpty()) {
            return Session.NONE;
        }
        var place = settings.place().orElseThrow();
        var origin = new SessionHeader.Origin(
                place.modelSha256(),
                settings.engine(),
                settings.keyType(),
                settings.valueType(),
                settings.flashAttention(),
                adapters.key());
        var file = SessionFile.open(place.file(session), session);
        file.ifPresent(saved -> saved.requireOrigin(origin));
        return new KeptSession(
                session,
                place,
                origin,
                settings.limitBytes(),
                file.map(saved -> new RestoredState(saved, adapters, settings.whole(), memory, this::run)),
                memory,
                this::run);
    }

    private boolean run(Runnable task) {
        try {
            files.execute(() -> {
                try {
                    task.run();
                } finally {
                    wake.run();
                }
            });
            return true;
        } catch (RejectedExecutionException closing) {
            return false;
        }
    }

    /** Finishes what is being written. Blocks. */
    @Override
    public void close() {
        files.shutdown();
        try {
            if (!files.awaitTermination(1, TimeUnit.MINUTES)) {
                files.shutdownNow();
            }
        } catch (InterruptedException e) {
            files.shutdownNow();
            Thread.currentThread().interrupt();
        }
    }

    /** Runs a task on the thread for files; false if there is none any more. */
    interface FileThread {
        boolean run(Runnable task);
    }
}
