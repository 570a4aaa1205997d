package dev.quantgate.worker.runtime;

import dev.quantgate.worker.api.WorkerException;
import dev.quantgate.worker.lease.Leases;
import dev.quantgate.worker.store.FileMutex;
import dev.quantgate.worker.store.ModelStore;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What a worker does without being asked: looks for models of other processes, unloads idle ones, cleans up. */
final class Upkeep implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Upkeep.class);
    private static final Duration PERIOD = Duration.ofSeconds(1);

    private final ModelStore store;
    private final Leases leases;
    private final Catalog catalog;
    private final LoadedModels loaded;
    private final WorkerThreads threads;
    private final Future<?> ticks;

    Upkeep(ModelStore store, Leases leases, Catalog catalog, LoadedModels loaded, WorkerThreads threads) {
        this.store = store;
        this.leases = leases;
        this.catalog = catalog;
        this.loaded = loaded;
        this.threads = threads;
        this.ticks = threads.timer()
                .scheduleWithFixedDelay(this::tick, PERIOD.toMillis(), PERIOD.toMillis(), TimeUnit.MILLISECONDS);
        onFiles("cleaning up", this::cleanUp);
        onFiles("reading the store", this::refresh);
    }

    /** A model's files have changed by this process. */
    void modelChanged(String model) {
        try {
            catalog.read(model);
        } catch (WorkerException gone) {
            LOG.atDebug().addKeyValue("modelId", model).log("a model has gone");
        } catch (IOException failed) {
            LOG.atWarn().addKeyValue("modelId", model).setCause(failed).log("a model could not be read");
        }
    }

    @Override
    public void close() {
        ticks.cancel(false);
    }

    private void tick() {
        loaded.unloadExpired();
        onFiles("reading the store", this::refresh);
    }

    private boolean refresh() throws IOException {
        catalog.refresh();
        return true;
    }

    /** Deletes what dead owners left; who holds the lease is alive, and cleans up for itself. */
    private boolean cleanUp() throws IOException {
        store.removeTrash();
        for (var folder : store.foldersWithLeftovers()) {
            var lease = leases.tryAcquire(folder, "cleaning up");
            if (lease.isPresent()) {
                try (var held = lease.get()) {
                    held.commit(() -> {
                        folder.removeLeftovers();
                        return true;
                    });
                }
            }
        }
        return true;
    }

    private void onFiles(String doing, FileMutex.Action<Boolean> task) {
        try {
            threads.files().execute(() -> {
                try {
                    task.run();
                } catch (IOException | RuntimeException failed) {
                    LOG.atWarn().addKeyValue("task", doing).setCause(failed).log("upkeep of the store failed");
                }
            });
        } catch (RejectedExecutionException overloaded) {
            LOG.atDebug().addKeyValue("task", doing).log("upkeep has to wait");
        }
    }
}
