package dev.quantgate.worker.api.backend;

import dev.quantgate.worker.api.QuantizationType;
import java.nio.file.Path;
import java.util.Optional;

/**
 * What to quantise, and where to.
 *
 * @param source main file or folder of the source variant; only read
 * @param outputFolder exists, empty, on the store's volume
 * @param type one of {@link Backend#quantizationTypes()}
 * @param allowRequantize whether a quantised source may be used
 * @param importanceMatrix local file
 */
public record QuantizationJob(
        Path source,
        Path outputFolder,
        QuantizationType type,
        boolean allowRequantize,
        Optional<Path> importanceMatrix) {}
