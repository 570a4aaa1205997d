package dev.quantgate.gateway.routing;

import dev.quantgate.worker.api.LoadState;
import dev.quantgate.worker.api.ModelRecord;
import dev.quantgate.worker.api.VariantRecord;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.stream.Stream;

/** One model as two workers see it: the first one's words, with the variants and load states of both. */
final class MergedModel {
    private MergedModel() {}

    static ModelRecord of(ModelRecord first, ModelRecord second) {
        var variants = new LinkedHashMap<String, VariantRecord>();
        Stream.concat(first.variants().stream(), second.variants().stream())
                .forEach(variant -> variants.merge(variant.name(), variant, MergedModel::variant));
        return new ModelRecord(
                first.name(),
                first.modelType(),
                first.version(),
                first.createdAt(),
                first.quantized() || second.quantized(),
                first.source(),
                first.backend(),
                first.defaultVariant(),
                first.dimensions(),
                first.tasks(),
                List.copyOf(variants.values()),
                first.metadataJson(),
                first.adapters());
    }

    private static VariantRecord variant(VariantRecord first, VariantRecord second) {
        var leading = rank(second.state()) > rank(first.state()) ? second : first;
        var workers = Stream.concat(first.workers().stream(), second.workers().stream())
                .distinct()
                .sorted()
                .toList();
        return new VariantRecord(
                first.name(),
                first.quantizationType(),
                first.quantized(),
                first.sizeBytes(),
                first.sha256(),
                first.tensorTypes(),
                leading.state(),
                leading.stateReason().isEmpty() ? second.stateReason() : leading.stateReason(),
                first.memoryBytes() + second.memoryBytes(),
                workers);
    }

    /** A variant that serves somewhere serves; one that failed somewhere says so only if nothing better is known. */
    private static int rank(LoadState state) {
        return switch (state) {
            case UNLOADED -> 0;
            case FAILED -> 1;
            case UNLOADING -> 2;
            case LOADING -> 3;
            case ACTIVE -> 4;
        };
    }
}
