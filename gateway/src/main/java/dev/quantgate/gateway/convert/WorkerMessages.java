package dev.quantgate.gateway.convert;

import dev.quantgate.v1.Worker;
import dev.quantgate.v1.WorkerState;
import dev.quantgate.worker.api.WorkerDirectory.ConnectedWorker;

/** Connected workers as messages. */
public final class WorkerMessages {
    private WorkerMessages() {}

    public static Worker worker(ConnectedWorker connected) {
        var status = connected.worker().status();
        var message = Worker.newBuilder()
                .setName(ResourceNames.worker(status.id()))
                .setBackend(status.backend())
                .setEngineVersion(status.engineVersion())
                .setCpuVariant(status.cpuVariant())
                .setState(state(connected))
                .setConnectTime(ModelMessages.timestamp(connected.connectedAt()))
                .setRunningRequests(status.running())
                .setQueuedRequests(status.queued())
                .setResidentBytes(status.residentBytes())
                .setEmbedded(connected.embedded())
                .putAllStatistics(status.statistics());
        status.loaded().stream().map(ResourceNames::loaded).forEach(message::addLoadedVariants);
        return message.build();
    }

    private static WorkerState state(ConnectedWorker connected) {
        if (connected.lost()) {
            return WorkerState.WORKER_STATE_LOST;
        }
        return connected.worker().status().draining()
                ? WorkerState.WORKER_STATE_DRAINING
                : WorkerState.WORKER_STATE_READY;
    }
}
