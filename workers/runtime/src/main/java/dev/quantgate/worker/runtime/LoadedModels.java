package dev.quantgate.worker.runtime;

import dev.quantgate.worker.api.Cancellation;
import dev.quantgate.worker.api.FailureKind;
import dev.quantgate.worker.api.LoadState;
import dev.quantgate.worker.api.ModelRef;
import dev.quantgate.worker.api.ProgressListener;
import dev.quantgate.worker.api.WorkerException;
import dev.quantgate.worker.api.WorkerFailure;
import dev.quantgate.worker.api.backend.Backend;
import dev.quantgate.worker.api.backend.LoadOptions;
import dev.quantgate.worker.api.backend.LoadedModel;
import dev.quantgate.worker.api.backend.SessionPlace;
import dev.quantgate.worker.operations.Workplace;
import dev.quantgate.worker.store.StoreFailure;
import dev.quantgate.worker.store.StoredVariant;
import dev.quantgate.worker.store.VariantUse;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The variants in memory. Each is loaded once however many ask; a request holds a {@link Use} while it runs, and
 * nothing is closed under it. A load that finds no room closes the models that nobody has used for longest. Thread-safe;
 * nothing blocks but {@link #load}.
 */
final class LoadedModels implements Workplace.Loader {
    private static final Logger LOG = LoggerFactory.getLogger(LoadedModels.class);

    private final Backend backend;
    private final WorkerThreads threads;
    private final Object lock = new Object();
    private final Slots slots = new Slots();
    private final long keepAliveNanos;

    /** How a variant stands. */
    record View(LoadState state, String reason, long memoryBytes) {}

    /** A model stays {@code keepAlive} after its last request, unless it was told otherwise; zero is for ever. */
    LoadedModels(Backend backend, WorkerThreads threads, Duration keepAlive) {
        keepAliveNanos = keepAlive.isZero() ? -1 : keepAlive.toNanos();
        this.backend = backend;
        this.threads = threads;
    }

    /** A claim on a variant that is ready, or an empty result if it has to be loaded first. */
    Optional<Use> useIfReady(ModelRef ref) {
        synchronized (lock) {
            var slot = slots.find(ref);
            if (slot == null || slot.state != LoadState.ACTIVE) {
                return Optional.empty();
            }
            slot.uses++;
            return Optional.of(new Use(slot));
        }
    }

    /** A claim on a variant, loading it first if need be; a caller that gives up stops a load that nobody else wants. */
    CompletableFuture<Use> use(ModelRef ref, StoredVariant variant, int contextTokens, Cancellation cancellation) {
        Slot slot;
        synchronized (lock) {
            var present = slots.find(ref);
            if (present != null && present.leaving) {
                return present.closed.thenCompose(gone -> use(ref, variant, contextTokens, cancellation));
            }
            if (present == null || present.state == LoadState.FAILED) {
                slot = new Slot(ref, keepAliveNanos);
                slots.add(slot);
                threads.loads().execute(() -> fill(slot, variant, contextTokens));
            } else {
                slot = present;
            }
            slot.uses++;
        }
        var use = new Use(slot);
        var result = new CompletableFuture<Use>();
        CompletionStage<LoadedModel> ready = slot.ready;
        ready.whenComplete((model, failure) -> {
            if (failure != null) {
                result.completeExceptionally(failure);
            } else if (!result.complete(use)) {
                use.close();
            }
        });
        cancellation.onCancel(() -> {
            if (result.completeExceptionally(Deadlines.CANCELLED.asException())) {
                use.close();
                stopUnwanted(slot);
            }
        });
        return result;
    }

    /** Takes variants out of memory, each when its last request has ended; completes with their names. */
    CompletableFuture<List<String>> unload(Predicate<ModelRef> which, String reason) {
        List<Slot> leaving;
        synchronized (lock) {
            leaving = slots.matching(slot -> which.test(slot.ref) && slot.state != LoadState.FAILED);
            leaving.forEach(slot -> retire(slot, reason));
        }
        var closed = leaving.stream().map(slot -> slot.closed).toArray(CompletableFuture<?>[]::new);
        return CompletableFuture.allOf(closed)
                .thenApply(
                        all -> leaving.stream().map(slot -> slot.ref.toString()).toList());
    }

    /** Takes idle variants out of memory. */
    void unloadIdle(Predicate<ModelRef> which, String reason) {
        synchronized (lock) {
            slots.matching(slot -> slot.isDispensable() && which.test(slot.ref)).forEach(slot -> retire(slot, reason));
        }
    }

    /** Takes variants out of memory that nobody has used for as long as they may stay. */
    void unloadExpired() {
        var now = System.nanoTime();
        synchronized (lock) {
            slots.matching(slot -> slot.isExpired(now)).forEach(this::retireExpired);
        }
    }

    private void retireExpired(Slot slot) {
        retire(
                slot,
                "nobody used it for " + Duration.ofNanos(slot.keepAliveNanos).toSeconds() + " s");
    }

    View view(ModelRef ref) {
        synchronized (lock) {
            return slots.view(ref);
        }
    }

    Map<ModelRef, LoadedModel> active() {
        synchronized (lock) {
            return slots.active();
        }
    }

    /** Ends every request and closes everything; completes when it is done. */
    CompletableFuture<List<String>> abortAll() {
        var everything = unload(ref -> true, "the worker stops");
        active().values().forEach(LoadedModel::abort);
        return everything;
    }

    /** Loads with room made for it: closes idle models, least recently used first, until it fits. */
    @Override
    public LoadedModel load(Path artifact, LoadOptions options, ProgressListener progress, Cancellation cancellation) {
        while (true) {
            try {
                return backend.load(artifact, options, progress, cancellation);
            } catch (WorkerException failed) {
                if (failed.failure().kind() != FailureKind.OUT_OF_MEMORY) {
                    throw failed;
                }
                var victim = leastRecentlyUsed(options.displayName());
                if (victim.isEmpty()) {
                    throw refused(failed);
                }
                free(victim.get());
            }
        }
    }

    /** A request's claim on a model; closed when the request has ended. */
    final class Use implements AutoCloseable {
        private final Slot slot;
        private boolean released;

        private Use(Slot slot) {
            this.slot = slot;
        }

        /** From now on it stays so long after its last request, negative for ever; empty changes nothing. */
        void keepAlive(Optional<Duration> time) {
            synchronized (lock) {
                time.ifPresent(given -> slot.keepAliveNanos = given.isNegative() ? -1 : given.toNanos());
            }
        }

        /** Whether it stays until it is unloaded by name; empty changes nothing. */
        void pin(Optional<Boolean> pinned) {
            synchronized (lock) {
                pinned.ifPresent(given -> slot.pinned = given);
            }
        }

        LoadedModel model() {
            return slot.ready.join();
        }

        /** The engine failed in it: its requests end, and the next one loads it anew. */
        void crashed() {
            synchronized (lock) {
                slot.leaving = true;
                slot.becomes(LoadState.UNLOADING, "the engine failed; the next request loads it anew");
                if (slot.closing) {
                    return;
                }
                slot.closing = true;
            }
            LOG.atError().addKeyValue("modelId", slot.ref).log("a model is closed after a failure of its engine");
            threads.jobs().execute(() -> {
                model().abort();
                free(slot);
            });
        }

        @Override
        public void close() {
            synchronized (lock) {
                if (released) {
                    return;
                }
                released = true;
            }
            release(slot);
        }
    }

    private void fill(Slot slot, StoredVariant variant, int contextTokens) {
        VariantUse files = null;
        try {
            var artifact = variant.artifact();
            files = VariantUse.claim(variant.folder());
            var model = load(
                    artifact,
                    new LoadOptions(
                            slot.ref.toString(),
                            contextTokens,
                            Adapters.of(variant.model()),
                            Optional.of(new SessionPlace(
                                    variant.model().sessions(),
                                    variant.requireManifest().mainSha256()))),
                    (fraction, step) -> describe(slot, fraction, step),
                    slot.cancellation);
            synchronized (lock) {
                slot.model = model;
                slot.files = files;
                slot.idleSinceNanos = System.nanoTime();
                if (slot.leaving) {
                    slot.becomes(LoadState.UNLOADING, "unloads after its last request");
                } else {
                    slot.becomes(LoadState.ACTIVE, "ready");
                }
            }
            slot.ready.complete(model);
            synchronized (lock) {
                closeIfUnused(slot);
            }
        } catch (IOException failed) {
            fail(slot, files, StoreFailure.translate(failed, "opening the variant", variant.folder()));
        } catch (WorkerException planned) {
            fail(slot, files, planned);
        } catch (RuntimeException | LinkageError bug) {
            LOG.atError().addKeyValue("modelId", slot.ref).setCause(bug).log("a model could not be loaded");
            var failure = WorkerFailure.of(FailureKind.INTERNAL, "the model could not be loaded");
            fail(slot, files, failure.asException());
        }
    }

    private void fail(Slot slot, @Nullable VariantUse files, WorkerException failure) {
        closeFiles(files);
        synchronized (lock) {
            slot.becomes(LoadState.FAILED, failure.failure().message());
            if (slot.leaving || failure.failure().kind() == FailureKind.CANCELLED) {
                slots.remove(slot);
            }
        }
        slot.ready.completeExceptionally(failure);
        slot.closed.complete(null);
    }

    private void describe(Slot slot, double fraction, String step) {
        synchronized (lock) {
            if (slot.state == LoadState.LOADING) {
                slot.reason = step + " (" + Math.round(fraction * 100) + "%)";
            }
        }
    }

    private void stopUnwanted(Slot slot) {
        synchronized (lock) {
            if (slot.uses > 0 || slot.state != LoadState.LOADING) {
                return;
            }
            // Who comes now does not join a load that is being stopped.
            slot.leaving = true;
        }
        slot.cancellation.cancel();
    }

    private void release(Slot slot) {
        synchronized (lock) {
            slot.uses--;
            slot.idleSinceNanos = System.nanoTime();
            if (slot.keepAliveNanos == 0 && slot.isExpired(slot.idleSinceNanos)) {
                retireExpired(slot);
            }
            closeIfUnused(slot);
        }
    }

    private void retire(Slot slot, String reason) {
        if (slot.leaving) {
            return;
        }
        slot.leaving = true;
        if (slot.state == LoadState.ACTIVE) {
            slot.becomes(LoadState.UNLOADING, reason);
            closeIfUnused(slot);
        }
    }

    private void closeIfUnused(Slot slot) {
        if (slot.leaving && slot.uses <= 0 && !slot.closing && slot.model != null) {
            slot.closing = true;
            threads.jobs().execute(() -> free(slot));
        }
    }

    /** Says of the models in memory why none of them gave way. */
    private WorkerException refused(WorkerException failed) {
        String holders;
        synchronized (lock) {
            holders = slots.holders();
        }
        if (holders.isEmpty()) {
            return failed;
        }
        var failure = failed.failure();
        return new WorkerException(WorkerFailure.of(failure.kind(), failure.message() + "; " + holders), failed);
    }

    private Optional<Slot> leastRecentlyUsed(String loading) {
        synchronized (lock) {
            var victim = slots.leastRecentlyUsed();
            victim.ifPresent(slot -> {
                slot.leaving = true;
                slot.closing = true;
                slot.becomes(LoadState.UNLOADING, "makes room for " + loading);
            });
            return victim;
        }
    }

    private void free(Slot slot) {
        try {
            var model = slot.model;
            if (model != null) {
                model.close();
            }
        } catch (RuntimeException failed) {
            LOG.atError().addKeyValue("modelId", slot.ref).setCause(failed).log("a model could not be closed cleanly");
        }
        closeFiles(slot.files);
        synchronized (lock) {
            slots.remove(slot);
            slot.model = null;
            slots.departed(slot);
        }
        slot.closed.complete(null);
    }

    private static void closeFiles(@Nullable VariantUse files) {
        try {
            if (files != null) {
                files.close();
            }
        } catch (IOException failed) {
            LOG.atWarn().setCause(failed).log("the claim on a variant could not be given back");
        }
    }
}
