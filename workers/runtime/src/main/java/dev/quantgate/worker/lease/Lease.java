package dev.quantgate.worker.lease;

import dev.quantgate.worker.api.FailureKind;
import dev.quantgate.worker.api.WorkerException;
import dev.quantgate.worker.api.WorkerFailure;
import dev.quantgate.worker.store.FileMutex;
import dev.quantgate.worker.store.ModelFolder;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Future;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The right to change one model's state, for as long as its epoch is the newest. It renews itself until it is closed;
 * whoever holds it works in a place of its own and makes the result count through {@link #commit}. Thread-safe.
 */
public final class Lease implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Lease.class);

    private final ModelFolder model;
    private final Path lockFile;
    private final Path leaseFile;
    private final long epoch;
    private final String owner;
    private final Duration ttl;
    private final String state;
    private final Clock clock;
    private final List<Runnable> lossListeners = new ArrayList<>();
    private volatile long renewedNanos = System.nanoTime();
    private volatile boolean lost;
    private volatile boolean closed;
    private volatile @Nullable Future<?> renewal;

    Lease(ModelFolder model, long epoch, String owner, Duration ttl, String state, Clock clock) {
        this.model = model;
        this.lockFile = model.path().resolve("state.lock");
        this.leaseFile = model.path().resolve("state.lease");
        this.epoch = epoch;
        this.owner = owner;
        this.ttl = ttl;
        this.state = state;
        this.clock = clock;
    }

    public ModelFolder model() {
        return model;
    }

    /** The fencing token. */
    public long epoch() {
        return epoch;
    }

    /** True once somebody else has it, or may have it because renewals fail. */
    public boolean isLost() {
        return lost;
    }

    /** Runs {@code listener} once when the lease is lost, or at once if it is, so that useless work stops early. */
    public void onLost(Runnable listener) {
        synchronized (lossListeners) {
            if (!lost) {
                lossListeners.add(listener);
                return;
            }
        }
        listener.run();
    }

    /**
     * Runs {@code change} if this lease is still the newest, with everybody else locked out.
     *
     * @throws WorkerException FENCED if a newer epoch exists; then nothing has run
     */
    public <T> T commit(FileMutex.Action<T> change) throws IOException {
        return FileMutex.hold(lockFile, () -> {
            requireNewest();
            var result = change.run();
            if (model.exists()) {
                // The change may have taken longer than the lease, and its lock kept renewals out.
                extend();
            }
            return result;
        });
    }

    /**
     * As {@link #commit}, gives the lease back and then runs {@code announcement}, all in one step: whoever hears of
     * the change finds the model free.
     */
    public <T> T commitLast(FileMutex.Action<?> change, FileMutex.Action<T> announcement) throws IOException {
        return FileMutex.hold(lockFile, () -> {
            requireNewest();
            change.run();
            release();
            return announcement.run();
        });
    }

    /** Gives the lease back if it is still held; the next owner gets a higher epoch. */
    @Override
    public void close() {
        if (closed) {
            return;
        }
        stopRenewing();
        try {
            if (model.exists()) {
                FileMutex.hold(lockFile, () -> {
                    requireNewest();
                    release();
                    return epoch;
                });
            }
        } catch (WorkerException fenced) {
            LOG.atDebug().addKeyValue("modelId", model.name()).log("a lost lease was closed");
        } catch (IOException failed) {
            LOG.atWarn()
                    .addKeyValue("modelId", model.name())
                    .setCause(failed)
                    .log("a lease could not be given back; it runs out by itself");
        }
    }

    private void release() throws IOException {
        stopRenewing();
        if (model.exists()) {
            // A power cut may take it back: then the lease runs out by itself, and its epoch is on the disk since it
            // was taken.
            LeaseState.free(epoch, ttl).writeVolatile(leaseFile);
        }
    }

    private void stopRenewing() {
        closed = true;
        var running = renewal;
        if (running != null) {
            running.cancel(false);
        }
    }

    /** Called under the lock. */
    void extend() throws IOException {
        new LeaseState(epoch, owner, clock.instant().plus(ttl), ttl, state).writeVolatile(leaseFile);
    }

    void renewedBy(Future<?> task) {
        renewal = task;
    }

    void renew() {
        if (lost || closed) {
            return;
        }
        try {
            FileMutex.hold(lockFile, ttl.dividedBy(6), () -> {
                requireNewest();
                if (!closed) {
                    extend();
                }
                return epoch;
            });
            renewedNanos = System.nanoTime();
        } catch (WorkerException fenced) {
            lose();
        } catch (IOException failed) {
            LOG.atWarn().addKeyValue("modelId", model.name()).setCause(failed).log("a lease could not be renewed");
            if (System.nanoTime() - renewedNanos > ttl.toNanos()) {
                lose();
            }
        }
    }

    private void requireNewest() throws IOException {
        var newest = LeaseState.read(leaseFile)
                .filter(current -> current.epoch() == epoch && current.owner().equals(owner));
        if (newest.isEmpty()) {
            throw WorkerFailure.of(
                            FailureKind.FENCED,
                            "the ownership of model " + model.name() + " went to somebody else (own epoch: " + epoch
                                    + ")")
                    .asException();
        }
    }

    private void lose() {
        List<Runnable> listeners;
        synchronized (lossListeners) {
            if (lost) {
                return;
            }
            lost = true;
            listeners = List.copyOf(lossListeners);
            lossListeners.clear();
        }
        LOG.atWarn()
                .addKeyValue("modelId", model.name())
                .addKeyValue("epoch", epoch)
                .log("a lease was lost");
        listeners.forEach(Runnable::run);
    }
}
