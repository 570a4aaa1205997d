package dev.quantgate.worker.runtime;

import dev.quantgate.worker.api.ModelRef;
import dev.quantgate.worker.api.WorkerStatus;
import dev.quantgate.worker.api.backend.Backend;
import dev.quantgate.worker.api.backend.EngineInfo;
import dev.quantgate.worker.operations.Operations;
import dev.quantgate.worker.store.StoredModel;
import java.util.TreeMap;
import java.util.stream.Collectors;

/** What a worker says of itself; made from memory alone, so that it can be asked for on an event loop. */
final class StatusReport {
    private static final EngineInfo NOT_LOADED = new EngineInfo("", "", "");

    private final String workerId;
    private final Backend backend;
    private final String storeId;
    private final Catalog catalog;
    private final LoadedModels loaded;
    private final Operations operations;
    private final RunningRequests running;
    private volatile EngineInfo engine = NOT_LOADED;

    StatusReport(
            String workerId,
            Backend backend,
            String storeId,
            Catalog catalog,
            LoadedModels loaded,
            Operations operations,
            RunningRequests running) {
        this.workerId = workerId;
        this.backend = backend;
        this.storeId = storeId;
        this.catalog = catalog;
        this.loaded = loaded;
        this.operations = operations;
        this.running = running;
    }

    WorkerStatus now() {
        var active = loaded.active();
        if (engine.equals(NOT_LOADED) && !active.isEmpty()) {
            // With a model in memory the engine is loaded, so asking does not load it.
            engine = backend.engine();
        }
        var statistics = new TreeMap<String, Double>();
        active.values()
                .forEach(model ->
                        model.statistics().forEach((name, value) -> statistics.merge(name, value, Double::sum)));
        var queued = statistics.getOrDefault("queued", 0.0).intValue();
        statistics.put("operations_running", (double) operations.running());
        return new WorkerStatus(
                workerId,
                backend.name(),
                engine.version(),
                engine.cpuVariant(),
                storeId,
                catalog.seen().stream().map(StoredModel::name).collect(Collectors.toSet()),
                active.keySet().stream().map(ModelRef::toString).sorted().toList(),
                running.isDraining(),
                Math.max(0, running.count() - queued),
                queued,
                ProcessMemory.residentBytes(),
                statistics);
    }
}
