package dev.quantgate.gateway.cli;

import dev.quantgate.v1.ListModelsRequest;
import dev.quantgate.v1.ListWorkersRequest;
import dev.quantgate.v1.LoadState;
import dev.quantgate.v1.ModelServiceGrpc;
import dev.quantgate.v1.Worker;
import dev.quantgate.v1.WorkerServiceGrpc;
import java.util.Locale;
import java.util.stream.Collectors;
import picocli.CommandLine.Command;

/** {@code quantgate ps}: workers, and the models they hold. */
@Command(name = "ps", mixinStandardHelpOptions = true, description = "Show workers and the models in memory.")
final class PsCommand extends RpcCommand {
    @Override
    protected int run() {
        var workers = WorkerServiceGrpc.newBlockingStub(connection.channel())
                .listWorkers(ListWorkersRequest.getDefaultInstance());
        if (console.json()) {
            workers.getWorkersList().forEach(console::message);
            return ExitCodes.OK;
        }
        var table = new Table(
                "WORKER", "BACKEND", "ENGINE", "CPU", "STATE", "RUNNING", "QUEUED", "PREFIX HITS", "RSS", "LOADED");
        for (var worker : workers.getWorkersList()) {
            table.row(
                    Resources.last(worker.getName()),
                    worker.getBackend(),
                    worker.getEngineVersion(),
                    worker.getCpuVariant(),
                    worker.getState().name().substring("WORKER_STATE_".length()).toLowerCase(Locale.ROOT),
                    Integer.toString(worker.getRunningRequests()),
                    Integer.toString(worker.getQueuedRequests()),
                    prefixHits(worker),
                    Table.bytes(worker.getResidentBytes()),
                    worker.getLoadedVariantsList().stream()
                            .map(Resources::display)
                            .collect(Collectors.joining(", ")));
        }
        console.line(table.toString());
        printModels();
        return ExitCodes.OK;
    }

    /** The part of all prompt tokens that the prefix cache spared. */
    private static String prefixHits(Worker worker) {
        double hits = worker.getStatisticsOrDefault("prefix_hit_tokens", 0);
        var all = hits + worker.getStatisticsOrDefault("prompt_tokens", 0);
        return all == 0 ? "" : Math.round(100 * hits / all) + "%";
    }

    private void printModels() {
        var models = ModelServiceGrpc.newBlockingStub(connection.channel())
                .listModels(ListModelsRequest.newBuilder().setPageSize(1000).build());
        var table = new Table("MODEL", "STATE", "MEMORY", "WHY");
        for (var model : models.getModelsList()) {
            for (var variant : model.getVariantsList()) {
                // One that left memory says why, as long as the worker remembers.
                if (variant.getState() != LoadState.LOAD_STATE_UNLOADED
                        || !variant.getStateReason().isEmpty()) {
                    table.row(
                            Resources.display(variant.getName()),
                            variant.getState()
                                    .name()
                                    .substring("LOAD_STATE_".length())
                                    .toLowerCase(Locale.ROOT),
                            Table.bytes(variant.getMemoryBytes()),
                            variant.getStateReason());
                }
            }
        }
        console.line("");
        console.line(table.toString());
    }
}
