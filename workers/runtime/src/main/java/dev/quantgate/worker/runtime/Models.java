package dev.quantgate.worker.runtime;

import dev.quantgate.worker.api.CallContext;
import dev.quantgate.worker.api.FailureKind;
import dev.quantgate.worker.api.LoadOutcome;
import dev.quantgate.worker.api.LoadSettings;
import dev.quantgate.worker.api.LoadState;
import dev.quantgate.worker.api.ModelRecord;
import dev.quantgate.worker.api.ModelRef;
import dev.quantgate.worker.api.Names;
import dev.quantgate.worker.api.WorkerFailure;
import dev.quantgate.worker.lease.Leases;
import dev.quantgate.worker.store.AtomicFiles;
import dev.quantgate.worker.store.ModelStore;
import dev.quantgate.worker.store.StoredModel;
import dev.quantgate.worker.store.StoredVariant;
import dev.quantgate.worker.store.VariantUse;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.event.Level;

/** The models of a worker: what the store has, what is in memory, and the way from one to the other. */
final class Models implements Inference.ModelAccess {
    private static final Logger LOG = LoggerFactory.getLogger(Models.class);

    private final ModelStore store;
    private final Leases leases;
    private final Catalog catalog;
    private final LoadedModels loaded;
    private final FileTasks files;
    private final ModelRecords records;
    private final Map<String, String> servedDefaults = new ConcurrentHashMap<>();

    Models(ModelStore store, Leases leases, Catalog catalog, LoadedModels loaded, FileTasks files, String workerId) {
        this.store = store;
        this.leases = leases;
        this.catalog = catalog;
        this.loaded = loaded;
        this.files = files;
        this.records = new ModelRecords(loaded, workerId);
    }

    CompletableFuture<List<ModelRecord>> list(CallContext context) {
        return files.submit(context, "listing models", () -> {
            catalog.refresh();
            return catalog.seen().stream().map(records::of).toList();
        });
    }

    CompletableFuture<ModelRecord> get(String model, CallContext context) {
        return files.submit(context, "reading a model", () -> records.of(catalog.read(model)));
    }

    CompletableFuture<Void> delete(ModelRef ref, CallContext context) {
        return files.submit(context, "deleting", () -> {
                    catalog.read(ref.model());
                    var folder = store.folder(ref.model());
                    var lease = leases.tryAcquire(folder, "deleting")
                            .orElseThrow(() -> WorkerFailure.of(
                                            FailureKind.FAILED_PRECONDITION,
                                            "model " + ref.model()
                                                    + " is being changed (expected: wait for its operation or cancel it)")
                                    .asException());
                    try (lease) {
                        var model = folder.read();
                        var trash = ref.variant().isPresent()
                                ? lease.commit(
                                        () -> hideVariant(model, ref.variant().get()))
                                : lease.commit(() -> {
                                    requireUnused(model.variants());
                                    return store.hide(folder);
                                });
                        AtomicFiles.deleteTree(trash);
                    }
                    catalog.refresh();
                    return ref;
                })
                .thenAccept(deleted -> {});
    }

    CompletableFuture<LoadOutcome> load(ModelRef ref, LoadSettings settings, CallContext context) {
        return resolve(ref, context).thenCompose(target -> {
            var before = loaded.view(target.ref()).state() == LoadState.ACTIVE;
            return loaded.use(target.ref(), target.variant(), settings.contextTokens(), context.cancellation())
                    .thenApply(use -> {
                        use.pin(settings.pin());
                        use.keepAlive(settings.keepAlive());
                        use.close();
                        return new LoadOutcome(records.of(target.ref(), target.variant()), before);
                    });
        });
    }

    /** Starts to load a model before anybody asks for it; another worker's is left to it, a failure is logged. */
    void preload(ModelRef ref) {
        var unused = load(ref, LoadSettings.DEFAULT, CallContext.of("preload")).whenComplete((outcome, failed) -> {
            if (failed != null) {
                logNotPreloaded(ref, failed);
            }
        });
    }

    private static void logNotPreloaded(ModelRef ref, Throwable failed) {
        var failure = WorkerFailure.find(failed);
        var others = failure.isPresent() && failure.get().kind() == FailureKind.MODEL_NOT_FOUND;
        LOG.atLevel(others ? Level.DEBUG : Level.WARN)
                .addKeyValue("modelId", ref)
                .addKeyValue("failure", failure.map(WorkerFailure::message).orElseGet(() -> String.valueOf(failed)))
                .log("a model could not be loaded at the start");
    }

    CompletableFuture<List<String>> unload(ModelRef ref, CallContext context) {
        return files.submit(context, "reading a model", () -> catalog.read(ref.model()))
                .thenCompose(model -> {
                    ref.variant().ifPresent(variant -> model.requireVariant(Optional.of(variant)));
                    return loaded.unload(
                            candidate -> candidate.model().equals(ref.model())
                                    && (ref.variant().isEmpty() || candidate.equals(ref)),
                            "was asked to unload");
                });
    }

    /** A claim on a model for one request; on the caller's thread and at once if it is loaded. */
    @Override
    public CompletionStage<LoadedModels.Use> use(ModelRef ref, CallContext context) {
        var seen = catalog.seen(ref.model());
        if (seen.isPresent() && isUsable(seen.get(), ref)) {
            var target = target(seen.get(), ref);
            var ready = loaded.useIfReady(target.ref());
            return ready.map(CompletableFuture::completedFuture).orElseGet(() -> open(target, context));
        }
        return resolve(ref, context).thenCompose(target -> open(target, context));
    }

    /** A variant by its exact name. */
    private record Target(ModelRef ref, StoredVariant variant) {}

    private CompletableFuture<LoadedModels.Use> open(Target target, CallContext context) {
        return loaded.use(target.ref(), target.variant(), 0, context.cancellation());
    }

    private CompletableFuture<Target> resolve(ModelRef ref, CallContext context) {
        return files.submit(context, "reading a model", () -> target(catalog.read(ref.model()), ref));
    }

    private static boolean isUsable(StoredModel model, ModelRef ref) {
        return ref.variant()
                .or(() -> model.metadata().map(metadata -> metadata.defaultVariant()))
                .flatMap(model::variant)
                .flatMap(StoredVariant::manifest)
                .isPresent();
    }

    private Target target(StoredModel model, ModelRef ref) {
        var variant = model.requireVariant(ref.variant());
        variant.requireManifest();
        if (ref.variant().isEmpty()) {
            retireFormerDefault(model.name(), variant.name());
        }
        return new Target(ModelRef.of(model.name(), variant.name()), variant);
    }

    /** When the default changes, the former one has no reason left to stay in memory. */
    private void retireFormerDefault(String model, String variant) {
        var former = servedDefaults.put(model, variant);
        if (former != null && !former.equals(variant)) {
            loaded.unloadIdle(ModelRef.of(model, former)::equals, "is not the default any more");
        }
    }

    private Path hideVariant(StoredModel model, String name) throws IOException {
        var variant = model.requireVariant(Optional.of(name));
        if (name.equals(Names.SOURCE_VARIANT)) {
            throw WorkerFailure.of(
                            FailureKind.FAILED_PRECONDITION,
                            "the source cannot be deleted alone (expected: another variant, or the whole model)")
                    .asException();
        }
        requireUnused(List.of(variant));
        var folder = store.folder(model.name());
        if (model.metadata().isPresent()) {
            var metadata = model.metadata().get();
            var defaultNow = metadata.defaultVariant().equals(name) ? Names.SOURCE_VARIANT : metadata.defaultVariant();
            folder.writeMetadata(metadata.with(defaultNow, model.isQuantizedWithout(name)));
        }
        return folder.hide(name);
    }

    private static void requireUnused(List<StoredVariant> variants) throws IOException {
        for (var variant : variants) {
            if (!VariantUse.isFree(variant.folder())) {
                throw WorkerFailure.of(
                                FailureKind.FAILED_PRECONDITION,
                                "variant " + variant.name() + " is loaded (expected: unload it first)")
                        .asException();
            }
        }
    }
}
