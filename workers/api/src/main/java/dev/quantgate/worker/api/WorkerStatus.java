package dev.quantgate.worker.api;

import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * What a worker says of itself each second.
 *
 * @param id stable while its process lives
 * @param backend name of its backend
 * @param engineVersion version of the engine, or empty while it is not loaded
 * @param cpuVariant kernels chosen for this CPU, or empty while the engine is not loaded
 * @param storeId identity of the model store it works on: workers with the same id share one store
 * @param models names of the models of that store that its backend serves
 * @param loaded variants in memory as {@code model:variant}
 * @param draining true if it takes nothing new
 * @param running requests that run
 * @param queued requests that wait
 * @param residentBytes resident set of its process
 * @param statistics figures of the backend by name
 */
public record WorkerStatus(
        String id,
        String backend,
        String engineVersion,
        String cpuVariant,
        String storeId,
        Set<String> models,
        List<String> loaded,
        boolean draining,
        int running,
        int queued,
        long residentBytes,
        Map<String, Double> statistics) {

    public WorkerStatus {
        models = Set.copyOf(models);
        loaded = List.copyOf(loaded);
        statistics = Map.copyOf(statistics);
    }
}
