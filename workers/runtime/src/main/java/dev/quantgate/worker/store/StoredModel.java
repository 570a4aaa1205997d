package dev.quantgate.worker.store;

import dev.quantgate.worker.api.FailureKind;
import dev.quantgate.worker.api.Names;
import dev.quantgate.worker.api.WorkerFailure;
import java.util.List;
import java.util.Optional;

/**
 * A model as it lies in the store.
 *
 * @param name its folder's name
 * @param metadata empty if it is damaged
 * @param damage what is wrong with the metadata, or empty
 * @param metadataJson metadata.json as it is on disk, or empty
 * @param variants those in its folder, the source first
 * @param adapters its LoRA adapters, ordered by name
 */
public record StoredModel(
        String name,
        Optional<ModelMetadata> metadata,
        String damage,
        String metadataJson,
        List<StoredVariant> variants,
        List<StoredAdapter> adapters) {

    public StoredModel {
        variants = List.copyOf(variants);
        adapters = List.copyOf(adapters);
    }

    /** Its metadata, or FAILED_PRECONDITION that says what is damaged. */
    public ModelMetadata requireMetadata() {
        return metadata.orElseThrow(
                () -> WorkerFailure.of(FailureKind.FAILED_PRECONDITION, "model " + name + " is damaged: " + damage)
                        .asException());
    }

    public Optional<StoredVariant> variant(String variant) {
        return variants.stream()
                .filter(candidate -> candidate.name().equals(variant))
                .findFirst();
    }

    /** The named variant, the default one if none is named, or VARIANT_NOT_FOUND. */
    public StoredVariant requireVariant(Optional<String> named) {
        var variant = named.orElseGet(() -> requireMetadata().defaultVariant());
        return variant(variant)
                .orElseThrow(() -> WorkerFailure.of(
                                FailureKind.VARIANT_NOT_FOUND,
                                "model " + name + " has no variant " + variant + " (expected: one of "
                                        + variants.stream()
                                                .map(StoredVariant::name)
                                                .toList()
                                        + ")")
                        .asException());
    }

    /** True if any variant but the one called {@code except} is quantised. */
    public boolean isQuantizedWithout(String except) {
        return variants.stream()
                .filter(variant -> !variant.name().equals(except))
                .anyMatch(variant ->
                        variant.manifest().filter(VariantManifest::quantized).isPresent());
    }

    public StoredVariant requireSource() {
        return requireVariant(Optional.of(Names.SOURCE_VARIANT));
    }
}
