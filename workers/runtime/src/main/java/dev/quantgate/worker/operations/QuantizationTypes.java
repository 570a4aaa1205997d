package dev.quantgate.worker.operations;

import dev.quantgate.worker.api.QuantizationType;
import dev.quantgate.worker.api.WorkerFailure;
import dev.quantgate.worker.api.backend.Backend;

/** Finds the type that a caller means among those of a backend. */
final class QuantizationTypes {
    private final Backend backend;

    QuantizationTypes(Backend backend) {
        this.backend = backend;
    }

    /** The type called {@code name} in any case, the default one for an empty name, or INVALID_REQUEST. */
    QuantizationType resolve(String name) {
        var types = backend.quantizationTypes();
        return types.stream()
                .filter(type -> name.isEmpty() ? type.isDefault() : type.name().equalsIgnoreCase(name))
                .findFirst()
                .orElseThrow(() -> WorkerFailure.invalid(
                                "quantization_type",
                                "\"" + name + "\" (expected: one of "
                                        + types.stream()
                                                .map(QuantizationType::name)
                                                .toList()
                                        + ")")
                        .asException());
    }
}
