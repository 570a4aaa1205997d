package dev.quantgate.worker.runtime;

import dev.quantgate.worker.api.Cancellation;
import dev.quantgate.worker.api.LoadState;
import dev.quantgate.worker.api.ModelRef;
import dev.quantgate.worker.api.backend.LoadedModel;
import dev.quantgate.worker.store.VariantUse;
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

    Slot(ModelRef ref) {
        this.ref = ref;
    }

    boolean isIdle() {
        return state == LoadState.ACTIVE && uses == 0;
    }

    void becomes(LoadState newState, String newReason) {
        state = newState;
        reason = newReason;
    }
}
