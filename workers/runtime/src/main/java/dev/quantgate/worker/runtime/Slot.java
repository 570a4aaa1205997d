package dev.quantgate.worker.runtime;

import dev.quantgate.worker.api.Cancellation;
import dev.quantgate.worker.api.LoadState;
import dev.quantgate.worker.api.ModelRef;
import dev.quantgate.worker.api.backend.LoadedModel;
import dev.quantgate.worker.store.VariantUse;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/** One variant on its way into memory, in it, or on its way out. Guarded by the lock of its {@link LoadedModels}. */
final class Slot {
    final ModelRef ref;
    final CompletableFuture<LoadedModel> ready = new CompletableFuture<>();
    final CompletableFuture<Void> closed = new CompletableFuture<>();
    final Cancellation cancellation = new Cancellation();
    LoadState state = LoadState.LOADING;
    String reason = "being loaded";

    @Nullable
    LoadedModel model;

    @Nullable
    VariantUse files;

    int uses;
    boolean leaving;
    boolean closing;
    long idleSinceNanos;
    boolean pinned;

    /** How long it stays after its last request; negative for ever. */
    long keepAliveNanos;

    Slot(ModelRef ref, long keepAliveNanos) {
        this.ref = ref;
        this.keepAliveNanos = keepAliveNanos;
    }

    boolean isIdle() {
        return state == LoadState.ACTIVE && uses == 0;
    }

    /** Whether it may be closed without anybody asking for it. */
    boolean isDispensable() {
        return isIdle() && !pinned;
    }

    boolean isExpired(long now) {
        return isDispensable() && keepAliveNanos >= 0 && now - idleSinceNanos >= keepAliveNanos;
    }

    /** One sentence on the state now. */
    String describe(long now, Instant time) {
        if (state != LoadState.ACTIVE) {
            return reason;
        }
        if (uses > 0) {
            return "serves " + uses + (uses == 1 ? " request" : " requests") + (pinned ? ", pinned" : "");
        }
        if (pinned) {
            return "idle, pinned";
        }
        if (keepAliveNanos < 0) {
            return "idle, stays until memory is needed";
        }
        var left = Math.max(0, keepAliveNanos - (now - idleSinceNanos));
        return "idle until " + time.plusNanos(left).truncatedTo(ChronoUnit.SECONDS);
    }

    void becomes(LoadState newState, String newReason) {
        state = newState;
        reason = newReason;
    }
}
