package dev.quantgate.worker.bus;

import dev.quantgate.bus.v1.WireWorkers;
import dev.quantgate.worker.api.WorkerStatus;
import java.util.Set;

/** A worker's status on the wire. */
final class StatusMapping {
    private StatusMapping() {}

    static WireWorkers.WorkerStatus toWire(WorkerStatus status) {
        return WireWorkers.WorkerStatus.newBuilder()
                .setId(status.id())
                .setBackend(status.backend())
                .setEngineVersion(status.engineVersion())
                .setCpuVariant(status.cpuVariant())
                .setStoreId(status.storeId())
                .addAllModels(status.models())
                .addAllLoaded(status.loaded())
                .setDraining(status.draining())
                .setRunning(status.running())
                .setQueued(status.queued())
                .setResidentBytes(status.residentBytes())
                .putAllStatistics(status.statistics())
                .build();
    }

    static WorkerStatus fromWire(WireWorkers.WorkerStatus wire) {
        return new WorkerStatus(
                wire.getId(),
                wire.getBackend(),
                wire.getEngineVersion(),
                wire.getCpuVariant(),
                wire.getStoreId(),
                Set.copyOf(wire.getModelsList()),
                wire.getLoadedList(),
                wire.getDraining(),
                wire.getRunning(),
                wire.getQueued(),
                wire.getResidentBytes(),
                wire.getStatisticsMap());
    }
}
