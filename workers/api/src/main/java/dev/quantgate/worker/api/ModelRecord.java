package dev.quantgate.worker.api;

import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * A model of the store: what metadata.json keeps, its variants and their load states.
 *
 * @param name model name
 * @param modelType architecture family such as {@code llama} or {@code roberta}
 * @param version such as {@code hf_20250417_084022}
 * @param createdAt when it entered the store
 * @param quantized true if the source or at least one variant is quantised
 * @param source where it came from, as given at import
 * @param backend name of the backend that serves it
 * @param defaultVariant used when a request names none
 * @param dimensions sizes such as {@code context_length}, {@code embedding_length}
 * @param tasks what it can be asked for
 * @param variants all variants, the source first
 * @param metadataJson metadata.json as it is on disk
 * @param adapters LoRA adapters, ordered by name
 */
public record ModelRecord(
        String name,
        String modelType,
        String version,
        Instant createdAt,
        boolean quantized,
        String source,
        String backend,
        String defaultVariant,
        Map<String, Long> dimensions,
        Set<Task> tasks,
        List<VariantRecord> variants,
        String metadataJson,
        List<AdapterRecord> adapters) {

    public ModelRecord {
        dimensions = Map.copyOf(dimensions);
        tasks = Set.copyOf(tasks);
        variants = List.copyOf(variants);
        adapters = List.copyOf(adapters);
    }
}
