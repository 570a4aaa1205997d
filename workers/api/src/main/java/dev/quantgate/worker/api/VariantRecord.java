package dev.quantgate.worker.api;

import java.util.List;
import java.util.Map;

/**
 * One form of a model's weights as the store and the worker see it.
 *
 * @param name variant name; {@link Names#SOURCE_VARIANT} for the imported form
 * @param quantizationType such as {@code Q4_K_M}, {@code F16}, {@code dynamic_int8}
 * @param quantized true if the weights are quantised
 * @param sizeBytes sum of the sizes of its files
 * @param sha256 of the main file, lower-case hexadecimal
 * @param tensorTypes real mix: tensor type to number of tensors
 * @param state whether it is in memory
 * @param stateReason one sentence on the state
 * @param memoryBytes memory it takes while loaded, else 0
 * @param workers ids of the workers that have it loaded
 */
public record VariantRecord(
        String name,
        String quantizationType,
        boolean quantized,
        long sizeBytes,
        String sha256,
        Map<String, Long> tensorTypes,
        LoadState state,
        String stateReason,
        long memoryBytes,
        List<String> workers) {

    public VariantRecord {
        tensorTypes = Map.copyOf(tensorTypes);
        workers = List.copyOf(workers);
    }
}
