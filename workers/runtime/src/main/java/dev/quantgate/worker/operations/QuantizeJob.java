package dev.quantgate.worker.operations;

import dev.quantgate.worker.api.FailureKind;
import dev.quantgate.worker.api.ModelRef;
import dev.quantgate.worker.api.QuantizationReport;
import dev.quantgate.worker.api.QuantizationType;
import dev.quantgate.worker.api.WorkerFailure;
import dev.quantgate.worker.api.backend.QuantizationJob;
import dev.quantgate.worker.store.DamagedFileException;
import dev.quantgate.worker.store.FileMutex;
import dev.quantgate.worker.store.FreeSpace;
import dev.quantgate.worker.store.Sha256;
import dev.quantgate.worker.store.StoredFile;
import dev.quantgate.worker.store.StoredModel;
import dev.quantgate.worker.store.StoredVariant;
import dev.quantgate.worker.store.VariantManifest;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;

/** Makes a quantised variant and checks it; publishing is left to the caller. The source is only read. */
final class QuantizeJob {
    private final Workplace place;
    private final QuantizationTypes types;

    QuantizeJob(Workplace place) {
        this.place = place;
        this.types = new QuantizationTypes(place.backend());
    }

    Result run(Work.Quantizing work, Run run) throws IOException {
        var model = run.model().read();
        var source = model.requireSource();
        var digest = source.requireManifest().sourceDigest();
        if (!digest.equals(work.sourceDigest())) {
            throw WorkerFailure.of(
                            FailureKind.FAILED_PRECONDITION,
                            "the source of model " + model.name() + " is another one than when this was asked for")
                    .asException();
        }
        var existing = model.variant(work.variant());
        if (existing.isPresent()) {
            var manifest = requireSameSource(existing.get(), digest);
            var before = !manifest.operation().equals(run.entry().id());
            return new Result(
                    latest -> updateMetadata(run, latest), Optional.of(QuantizationFigures.of(manifest)), before);
        }
        return quantize(work, run, model, source);
    }

    /** The manifest of a variant that was made before from the same source. */
    static VariantManifest requireSameSource(StoredVariant variant, String sourceDigest) {
        var manifest = variant.requireManifest();
        if (!manifest.sourceDigest().equals(sourceDigest)) {
            throw WorkerFailure.of(
                            FailureKind.FAILED_PRECONDITION,
                            "variant " + variant.name() + " was made from another source (expected: delete it first)")
                    .asException();
        }
        return manifest;
    }

    private Result quantize(Work.Quantizing work, Run run, StoredModel model, StoredVariant source) throws IOException {
        var request = work.request();
        var type = types.resolve(request.type());
        var part = run.newPart();
        var job = new QuantizationJob(
                source.artifact(), part, type, request.allowRequantize(), request.importanceMatrix());
        FreeSpace.require(part, place.backend().quantizedSizeBytes(job));
        var report = place.backend().quantize(job, run.between(0, 0.9), run.cancellation());
        run.publishing(0.9, "checking the new variant");
        var manifest = check(work, run, type, model, source, part, report);
        manifest.write(part);
        return new Result(
                latest -> {
                    if (run.model().read().variant(work.variant()).isEmpty()) {
                        run.model().publish(part, work.variant());
                    }
                    updateMetadata(run, latest);
                },
                Optional.of(report),
                false);
    }

    private VariantManifest check(
            Work.Quantizing work,
            Run run,
            QuantizationType type,
            StoredModel model,
            StoredVariant source,
            Path part,
            QuantizationReport report)
            throws IOException {
        // One wait for three: the disk takes the files while they are hashed and a model is loaded from them.
        var synced = CompletableFuture.supplyAsync(() -> unchecked(() -> StoredFile.syncAll(part)), place.jobs());
        var hashes = CompletableFuture.supplyAsync(() -> unchecked(() -> StoredFile.hashAll(part)), place.jobs());
        var artifact = artifactOf(source, part);
        var path = artifact.equals(VariantManifest.WHOLE_FOLDER) ? part : part.resolve(artifact);
        var info = place.backend().inspect(path);
        new SmokeCheck(place.loader())
                .pass(path, ModelRef.of(model.name(), type.name()), info.tasks(), run.cancellation());
        var tools = new TreeMap<String, String>();
        var engine = place.backend().engine();
        tools.put("backend", place.backend().name());
        tools.put("engine", engine.version());
        tools.put("cpu_variant", engine.cpuVariant());
        if (work.request().importanceMatrix().isPresent()) {
            tools.put(
                    "importance_matrix_sha256",
                    Sha256.ofFile(work.request().importanceMatrix().get()));
        }
        join(synced);
        return new VariantManifest(
                type.name(),
                type.name(),
                info.quantized(),
                artifact,
                info.mainFile(),
                join(hashes),
                work.sourceDigest(),
                info.tensorTypes(),
                tools,
                QuantizationFigures.toMap(report),
                place.clock().instant(),
                run.entry().id());
    }

    /** A variant has the form of its source: one file, or a folder. */
    private String artifactOf(StoredVariant source, Path part) throws IOException {
        if (source.requireManifest().artifact().equals(VariantManifest.WHOLE_FOLDER)) {
            return VariantManifest.WHOLE_FOLDER;
        }
        for (var name : StoredFile.namesIn(part)) {
            if (place.backend().recognizes(part.resolve(name))) {
                return name;
            }
        }
        throw new DamagedFileException("the backend left no file that it recognises");
    }

    private static void updateMetadata(Run run, Work latest) throws IOException {
        var model = run.model().read();
        var metadata = model.requireMetadata();
        var makesDefault =
                latest instanceof Work.Quantizing work && work.request().setDefault();
        var updated = metadata.with(
                makesDefault ? latest.variant() : metadata.defaultVariant(), model.isQuantizedWithout(""));
        if (!updated.equals(metadata)) {
            run.model().writeMetadata(updated);
        }
    }

    private static <T> T unchecked(FileMutex.Action<T> action) {
        try {
            return action.run();
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
    }

    private static <T> T join(CompletableFuture<T> result) throws IOException {
        try {
            return result.join();
        } catch (CompletionException failed) {
            if (failed.getCause() instanceof UncheckedIOException unchecked && unchecked.getCause() != null) {
                throw unchecked.getCause();
            }
            throw failed;
        }
    }
}
