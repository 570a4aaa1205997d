package dev.quantgate.worker.api;

/**
 * One way to quantise, as a backend offers it.
 *
 * @param name such as {@code Q4_K_M}
 * @param backend name of the backend
 * @param bitsPerWeight nominal, as published for the type
 * @param needsImportanceMatrix whether it is refused without one
 * @param description one line for people
 * @param isDefault whether it is used when a request names no type
 */
public record QuantizationType(
        String name,
        String backend,
        double bitsPerWeight,
        boolean needsImportanceMatrix,
        String description,
        boolean isDefault) {}
