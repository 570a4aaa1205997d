package dev.quantgate.worker.lease;

import dev.quantgate.worker.store.FileMutex;
import dev.quantgate.worker.store.ModelFolder;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;

/**
 * Where one owner takes leases on models. A lease is free to take when its owner gave it back, when its wall time is
 * over by more than a fifth of its length (clocks of one host agree much better than that), or when this process has
 * seen it unchanged for its whole length and half of it again by its own monotonic clock, whatever the wall clocks
 * say: so a clock that jumps back does not keep a dead owner alive. A clock that jumps forward may cost a living owner
 * its lease; fencing makes that a lost effort, never a wrong result. Thread-safe.
 */
public final class Leases implements AutoCloseable {
    private final String owner;
    private final Duration ttl;
    private final Clock clock;
    private final ScheduledExecutorService renewals;
    private final Map<Path, Sighting> sightings = new ConcurrentHashMap<>();

    /** When a lease was first seen in its present state, by the monotonic clock. */
    private record Sighting(LeaseState state, long sinceNanos) {}

    private record Moment(Instant wall, long nanos) {
        static Moment now(Clock clock) {
            return new Moment(clock.instant(), System.nanoTime());
        }
    }

    /** Leases of {@code owner}, a name that no other process and no earlier run of this one has. */
    public Leases(String owner, Duration ttl, Clock clock) {
        if (ttl.compareTo(Duration.ofMillis(30)) < 0) {
            throw new IllegalArgumentException("leaseTtl: " + ttl + " (expected: at least 30 ms)");
        }
        this.owner = owner;
        this.ttl = ttl;
        this.clock = clock;
        this.renewals = Executors.newSingleThreadScheduledExecutor(task -> {
            var thread = new Thread(task, "lease-renewal-" + owner);
            thread.setDaemon(true);
            return thread;
        });
    }

    /**
     * Takes the lease on a model's state if nobody has it.
     *
     * @param model its folder exists
     * @param state what the owner is going to do, for people
     */
    public Optional<Lease> tryAcquire(ModelFolder model, String state) throws IOException {
        var lockFile = model.path().resolve("state.lock");
        var leaseFile = model.path().resolve("state.lease");
        // Without the lock first: waiting for a lease then never stands in the way of its owner's renewals.
        if (isHeld(leaseFile, Moment.now(clock))) {
            return Optional.empty();
        }
        return FileMutex.hold(lockFile, () -> {
            // From here on the owner cannot renew, so time that passes in here must not count against it.
            var moment = Moment.now(clock);
            if (isHeld(leaseFile, moment)) {
                return Optional.empty();
            }
            var current = LeaseState.read(leaseFile);
            // Without a readable predecessor the epoch starts at the time, which is above any that was given before.
            var epoch = current.map(last -> last.epoch() + 1).orElseGet(clock::millis);
            new LeaseState(epoch, owner, clock.instant().plus(ttl), ttl, state).write(leaseFile);
            sightings.remove(leaseFile);
            var lease = new Lease(model, epoch, owner, ttl, state, clock);
            // The fsync above may have taken longer than the lease lasts on a busy disk.
            lease.extend();
            return Optional.of(startRenewing(lease));
        });
    }

    /** Stops renewing; what is still held runs out by itself. */
    @Override
    public void close() {
        renewals.shutdownNow();
    }

    private Lease startRenewing(Lease lease) {
        var period = ttl.toNanos() / 3;
        lease.renewedBy(renewals.scheduleAtFixedRate(lease::renew, period, period, TimeUnit.NANOSECONDS));
        return lease;
    }

    private boolean isHeld(Path leaseFile, Moment moment) throws IOException {
        var current = LeaseState.read(leaseFile);
        if (current.isEmpty() || current.get().isFree()) {
            sightings.remove(leaseFile);
            return false;
        }
        var state = current.get();
        var skew = state.ttl().dividedBy(5);
        if (moment.wall().isAfter(state.expires().plus(skew))) {
            return false;
        }
        var sighting = sightings.compute(
                leaseFile,
                (file, seen) ->
                        seen != null && seen.state().equals(state) ? seen : new Sighting(state, moment.nanos()));
        return moment.nanos() - sighting.sinceNanos()
                < state.ttl().multipliedBy(3).dividedBy(2).toNanos();
    }
}
