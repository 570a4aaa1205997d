package dev.quantgate.worker.api.backend;

import dev.quantgate.worker.api.Task;
import java.util.Map;
import java.util.Set;

/**
 * What an artifact says about itself, verified.
 *
 * @param modelType architecture family such as {@code llama}
 * @param quantizationType such as {@code F16}, {@code Q8_0}, {@code fp32}
 * @param quantized true if the weights are quantised already
 * @param mainFile name of the main file, relative to the artifact (or its own file name)
 * @param dimensions sizes such as {@code context_length}
 * @param tasks what it can be asked for
 * @param tensorTypes tensor type to number of tensors
 */
public record ArtifactInfo(
        String modelType,
        String quantizationType,
        boolean quantized,
        String mainFile,
        Map<String, Long> dimensions,
        Set<Task> tasks,
        Map<String, Long> tensorTypes) {

    public ArtifactInfo {
        dimensions = Map.copyOf(dimensions);
        tasks = Set.copyOf(tasks);
        tensorTypes = Map.copyOf(tensorTypes);
    }
}
