package dev.quantgate.gateway.grpc;

import dev.quantgate.gateway.convert.ResourceNames;
import dev.quantgate.gateway.convert.WorkerMessages;
import dev.quantgate.gateway.routing.WorkerRouter;
import dev.quantgate.v1.DrainWorkerRequest;
import dev.quantgate.v1.DrainWorkerResponse;
import dev.quantgate.v1.ListWorkersRequest;
import dev.quantgate.v1.ListWorkersResponse;
import dev.quantgate.worker.api.Worker;
import java.util.concurrent.CompletableFuture;

/** {@code quantgate.v1.WorkerService}. */
final class WorkerRpcs {
    static final String NAME = "quantgate.v1.WorkerService";

    private WorkerRpcs() {}

    static void bind(Rpcs rpcs, WorkerRouter router) {
        rpcs.unary("ListWorkers", ListWorkersRequest::getDefaultInstance, (request, call) -> {
                    var workers =
                            router.all().stream().map(WorkerMessages::worker).toList();
                    return CompletableFuture.completedStage(ListWorkersResponse.newBuilder()
                            .addAllWorkers(workers)
                            .build());
                })
                .unary(
                        "DrainWorker",
                        DrainWorkerRequest::getDefaultInstance,
                        (request, call) -> worker(router, ResourceNames.parseWorker(request.getName(), "name"))
                                .drain(call.timeout(), call)
                                .thenApply(running -> DrainWorkerResponse.newBuilder()
                                        .setRunningRequests(running)
                                        .build()));
    }

    private static Worker worker(WorkerRouter router, String id) {
        return router.byId(id).orElseThrow(() -> RefusedException.unknownWorker(id));
    }
}
