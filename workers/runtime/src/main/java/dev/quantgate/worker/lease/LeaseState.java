package dev.quantgate.worker.lease;

import dev.quantgate.worker.store.AtomicFiles;
import dev.quantgate.worker.store.DamagedFileException;
import dev.quantgate.worker.store.StrictJson;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/**
 * What {@code state.lease} says.
 *
 * @param epoch rises with every acquisition, never falls
 * @param owner unique id of the process that holds it, or empty
 * @param expires wall time after which it may be taken over
 * @param ttl how long each renewal lasts
 * @param state what the owner does, for people
 */
record LeaseState(long epoch, String owner, Instant expires, Duration ttl, String state) {
    private static final int MAX_BYTES = 4096;

    static LeaseState free(long epoch, Duration ttl) {
        return new LeaseState(epoch, "", Instant.EPOCH, ttl, "free");
    }

    boolean isFree() {
        return owner.isEmpty();
    }

    /**
     * The present state; empty if there is none or it is damaged. A damaged lease protects nobody: its owner cannot
     * find its epoch in it any more and is refused like any other stale owner.
     */
    static Optional<LeaseState> read(Path file) throws IOException {
        try {
            var json = StrictJson.read(file, MAX_BYTES);
            return Optional.of(new LeaseState(
                    json.integer("epoch", 1),
                    json.string("owner"),
                    json.instant("expires"),
                    Duration.ofMillis(json.integer("ttl_millis", 1)),
                    json.string("state")));
        } catch (NoSuchFileException | DamagedFileException none) {
            return Optional.empty();
        }
    }

    /** Survives a power cut: an epoch is never given twice. */
    void write(Path file) throws IOException {
        AtomicFiles.write(file, encode());
    }

    /** For renewals: after a power cut no owner lives, and an fsync under load can take longer than the lease. */
    void writeVolatile(Path file) throws IOException {
        AtomicFiles.writeVolatile(file, encode());
    }

    private String encode() {
        return new JsonObject()
                .put("epoch", epoch)
                .put("owner", owner)
                .put("expires", expires.toString())
                .put("ttl_millis", ttl.toMillis())
                .put("state", state)
                .encodePrettily();
    }
}
