package dev.quantgate.worker.api;

import java.nio.file.Path;
import java.util.Objects;
import java.util.Optional;

/**
 * Asks for a quantised variant of a model.
 *
 * @param model name of the model
 * @param type name of the type, case-insensitive; empty takes the backend's default
 * @param requestId idempotency key, or empty
 * @param allowRequantize whether a source that is quantised already may be used
 * @param importanceMatrix absolute path on the worker's host
 * @param setDefault whether the variant becomes the model's default
 */
public record QuantizeRequest(
        String model,
        String type,
        String requestId,
        boolean allowRequantize,
        Optional<Path> importanceMatrix,
        boolean setDefault) {

    public QuantizeRequest {
        Names.requireModel(model, "name");
        Objects.requireNonNull(importanceMatrix, "importanceMatrix");
        RequestIds.require(requestId);
        if (!type.isEmpty()) {
            Names.requireVariant(type, "quantization_type");
        }
    }
}
