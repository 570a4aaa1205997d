package dev.quantgate.worker.operations;

import dev.quantgate.worker.api.FailureKind;
import dev.quantgate.worker.api.ImportRequest;
import dev.quantgate.worker.api.Names;
import dev.quantgate.worker.api.WorkerFailure;
import dev.quantgate.worker.api.backend.ArtifactInfo;
import dev.quantgate.worker.store.ArtifactCopy;
import dev.quantgate.worker.store.FreeSpace;
import dev.quantgate.worker.store.ModelMetadata;
import dev.quantgate.worker.store.StoredFile;
import dev.quantgate.worker.store.VariantManifest;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * Copies a model into the store: checked before the copy, so that a wrong file costs nothing, and checked again in the
 * copy, which is what counts.
 */
final class ImportJob {
    private static final DateTimeFormatter VERSION_TIME =
            DateTimeFormatter.ofPattern("yyyyMMdd_HHmmss", Locale.ROOT).withZone(ZoneOffset.UTC);

    private final Workplace place;

    ImportJob(Workplace place) {
        this.place = place;
    }

    Result run(Work.Importing work, Run run) throws IOException {
        var request = work.request();
        var id = run.entry().id();
        if (run.model().hasModel()) {
            return finishing(request, run);
        }
        var plan = ArtifactCopy.plan(request.source());
        requireType(request, place.backend().inspect(plan.source()));
        FreeSpace.require(run.model().path(), plan.sizeBytes());
        var part = run.newPart();
        var files = plan.into(part, run.between(0, 0.9), run.cancellation());
        run.publishing(0.9, "checking the copy");
        var artifact = plan.artifact().equals(VariantManifest.WHOLE_FOLDER) ? part : part.resolve(plan.artifact());
        var info = place.backend().inspect(artifact);
        requireType(request, info);
        manifest(id, plan.artifact(), files, info).write(part);
        var metadata = metadata(request, info);
        return new Result(
                latest -> {
                    run.model().publish(part, Names.SOURCE_VARIANT);
                    run.model().writeMetadata(metadata);
                },
                Optional.empty(),
                false);
    }

    /** An earlier run of this very operation may have died between its two last steps. */
    private Result finishing(ImportRequest request, Run run) {
        var model = run.model().read();
        var mine = model.variant(Names.SOURCE_VARIANT)
                .filter(variant -> variant.manifest()
                        .filter(manifest ->
                                manifest.operation().equals(run.entry().id()))
                        .isPresent());
        if (mine.isEmpty()) {
            throw WorkerFailure.of(FailureKind.ALREADY_EXISTS, "a model is called " + request.model() + " already")
                    .asException();
        }
        var metadata = model.metadata()
                .orElseGet(() ->
                        metadata(request, place.backend().inspect(mine.get().artifact())));
        return new Result(latest -> run.model().writeMetadata(metadata), Optional.empty(), false);
    }

    private VariantManifest manifest(String operation, String artifact, List<StoredFile> files, ArtifactInfo info) {
        return new VariantManifest(
                Names.SOURCE_VARIANT,
                info.quantizationType(),
                info.quantized(),
                artifact,
                info.mainFile(),
                files,
                StoredFile.digestOf(files),
                info.tensorTypes(),
                Map.of("backend", place.backend().name()),
                Map.of(),
                now(),
                operation);
    }

    private ModelMetadata metadata(ImportRequest request, ArtifactInfo info) {
        return new ModelMetadata(
                request.model(),
                info.modelType(),
                request.version().isEmpty() ? version(request.source()) : request.version(),
                now(),
                info.quantized(),
                request.source().toString(),
                info.dimensions(),
                place.backend().name(),
                Names.SOURCE_VARIANT,
                info.tasks());
    }

    /** {@code hf_20250417_084022} for a folder in the layout of Hugging Face, {@code gguf_...} for a .gguf file. */
    private String version(Path source) {
        var name = String.valueOf(source.getFileName());
        var dot = name.lastIndexOf('.');
        var prefix = Files.isDirectory(source)
                ? "hf"
                : dot > 0 ? name.substring(dot + 1).toLowerCase(Locale.ROOT) : "file";
        return prefix + "_" + VERSION_TIME.format(now());
    }

    private Instant now() {
        return place.clock().instant();
    }

    private static void requireType(ImportRequest request, ArtifactInfo info) {
        if (!request.modelType().isEmpty() && !request.modelType().equals(info.modelType())) {
            throw WorkerFailure.invalid(
                            "model_type",
                            "\"" + request.modelType() + "\" (expected: " + info.modelType()
                                    + ", as the files say, or empty)")
                    .asException();
        }
    }
}
