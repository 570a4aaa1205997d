package dev.quantgate.worker.runtime;

import dev.quantgate.worker.api.AdapterRecord;
import dev.quantgate.worker.api.AdapterRef;
import dev.quantgate.worker.api.CallContext;
import dev.quantgate.worker.api.FailureKind;
import dev.quantgate.worker.api.WorkerFailure;
import dev.quantgate.worker.api.backend.AdapterFiles;
import dev.quantgate.worker.api.backend.Backend;
import dev.quantgate.worker.lease.Lease;
import dev.quantgate.worker.lease.Leases;
import dev.quantgate.worker.store.ArtifactCopy;
import dev.quantgate.worker.store.AtomicFiles;
import dev.quantgate.worker.store.FreeSpace;
import dev.quantgate.worker.store.ModelFolder;
import dev.quantgate.worker.store.ModelStore;
import dev.quantgate.worker.store.StoredAdapter;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.concurrent.CompletableFuture;

/**
 * The LoRA adapters of a worker's models: brings them into the store and takes them out, under the model's lease.
 * Loading one is the loaded model's business.
 */
final class Adapters {
    private final ModelStore store;
    private final Leases leases;
    private final Catalog catalog;
    private final Backend backend;
    private final FileTasks files;
    private final Clock clock = Clock.systemUTC();

    Adapters(ModelStore store, Leases leases, Catalog catalog, Backend backend, FileTasks files) {
        this.store = store;
        this.leases = leases;
        this.catalog = catalog;
        this.backend = backend;
        this.files = files;
    }

    /** Checked before the copy, so that a wrong file costs nothing, and again in the copy, which is what counts. */
    CompletableFuture<AdapterRecord> importAdapter(AdapterRef ref, Path source, CallContext context) {
        return files.submit(context, "importing an adapter", () -> {
            var base = catalog.read(ref.model()).requireSource().artifact();
            var folder = store.folder(ref.model());
            requireFree(folder, ref);
            var plan = ArtifactCopy.plan(source);
            backend.inspectAdapter(plan.source(), base);
            FreeSpace.require(folder.path(), plan.sizeBytes());
            try (var lease = lease(folder, "importing an adapter")) {
                var part = folder.newPart(lease.epoch());
                var copied = plan.into(part, (fraction, step) -> {}, context.cancellation())
                        .get(0);
                var file = Files.move(part.resolve(copied.name()), part.resolve("adapter.gguf"));
                var info = backend.inspectAdapter(file, base);
                var adapter = new StoredAdapter(
                        new AdapterRecord(
                                ref.adapter(),
                                copied.sizeBytes(),
                                copied.sha256(),
                                info.rank(),
                                info.alpha(),
                                clock.instant()),
                        file);
                adapter.write(part);
                lease.commit(() -> {
                    requireFree(folder, ref);
                    folder.publishAdapter(part, ref.adapter());
                    return true;
                });
                catalog.read(ref.model());
                return adapter.record();
            }
        });
    }

    CompletableFuture<Void> delete(AdapterRef ref, CallContext context) {
        return files.submit(context, "deleting an adapter", () -> {
                    catalog.read(ref.model());
                    var folder = store.folder(ref.model());
                    try (var lease = lease(folder, "deleting an adapter")) {
                        var trash = lease.commit(() -> {
                            if (Files.notExists(folder.adapter(ref.adapter()))) {
                                throw AdapterFiles.notFound(ref.adapter());
                            }
                            return folder.hideAdapter(ref.adapter());
                        });
                        AtomicFiles.deleteTree(trash);
                    }
                    catalog.read(ref.model());
                    return ref;
                })
                .thenAccept(deleted -> {});
    }

    /** The adapters of a model as they are when a request asks for one. */
    static AdapterFiles of(ModelFolder folder) {
        return name -> {
            try {
                var found = folder.adapters().stream()
                        .filter(adapter -> adapter.record().name().equals(name))
                        .findFirst()
                        .orElseThrow(() -> AdapterFiles.notFound(name));
                return new AdapterFiles.Found(found.file(), found.record().sha256());
            } catch (IOException unreadable) {
                throw AdapterFiles.notFound(name);
            }
        };
    }

    private Lease lease(ModelFolder folder, String doing) throws IOException {
        return leases.tryAcquire(folder, doing)
                .orElseThrow(() -> WorkerFailure.of(
                                FailureKind.FAILED_PRECONDITION,
                                "model " + folder.name()
                                        + " is being changed (expected: wait for its operation or cancel it)")
                        .asException());
    }

    private static void requireFree(ModelFolder folder, AdapterRef ref) {
        if (Files.exists(folder.adapter(ref.adapter()))) {
            throw WorkerFailure.of(
                            FailureKind.ALREADY_EXISTS,
                            "model " + ref.model() + " has an adapter called " + ref.adapter() + " already")
                    .asException();
        }
    }
}
