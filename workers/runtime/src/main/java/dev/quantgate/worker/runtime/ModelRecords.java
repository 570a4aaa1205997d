package dev.quantgate.worker.runtime;

import dev.quantgate.worker.api.LoadState;
import dev.quantgate.worker.api.ModelRecord;
import dev.quantgate.worker.api.ModelRef;
import dev.quantgate.worker.api.Names;
import dev.quantgate.worker.api.VariantRecord;
import dev.quantgate.worker.store.StoredAdapter;
import dev.quantgate.worker.store.StoredModel;
import dev.quantgate.worker.store.StoredVariant;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Joins what the store says of a model with what is in memory. */
final class ModelRecords {
    private final LoadedModels loaded;
    private final String workerId;

    ModelRecords(LoadedModels loaded, String workerId) {
        this.loaded = loaded;
        this.workerId = workerId;
    }

    /** A damaged model is listed with every variant FAILED and the reason; it can still be deleted. */
    ModelRecord of(StoredModel model) {
        var variants = new ArrayList<VariantRecord>();
        for (var variant : model.variants()) {
            variants.add(
                    model.metadata().isPresent()
                            ? of(ModelRef.of(model.name(), variant.name()), variant)
                            : failed(variant.name(), model.damage()));
        }
        if (model.metadata().isEmpty()) {
            if (variants.isEmpty()) {
                variants.add(failed(Names.SOURCE_VARIANT, model.damage()));
            }
            return new ModelRecord(
                    model.name(),
                    "",
                    "",
                    Instant.EPOCH,
                    false,
                    "",
                    "",
                    Names.SOURCE_VARIANT,
                    Map.of(),
                    Set.of(),
                    variants,
                    model.metadataJson(),
                    List.of());
        }
        var metadata = model.metadata().get();
        return new ModelRecord(
                model.name(),
                metadata.modelType(),
                metadata.version(),
                metadata.createdAt(),
                metadata.quantized() || model.isQuantizedWithout(""),
                metadata.source(),
                metadata.backend(),
                metadata.defaultVariant(),
                metadata.dimensions(),
                metadata.tasks(),
                variants,
                model.metadataJson(),
                model.adapters().stream().map(StoredAdapter::record).toList());
    }

    VariantRecord of(ModelRef ref, StoredVariant variant) {
        if (variant.manifest().isEmpty()) {
            return failed(variant.name(), variant.damage());
        }
        var manifest = variant.manifest().get();
        var view = loaded.view(ref);
        return new VariantRecord(
                variant.name(),
                manifest.quantizationType(),
                manifest.quantized(),
                manifest.sizeBytes(),
                manifest.mainSha256(),
                manifest.tensorTypes(),
                view.state(),
                view.reason(),
                view.memoryBytes(),
                view.state() == LoadState.ACTIVE ? List.of(workerId) : List.of());
    }

    private static VariantRecord failed(String name, String reason) {
        return new VariantRecord(name, "", false, 0, "", Map.of(), LoadState.FAILED, reason, 0, List.of());
    }
}
