package dev.quantgate.worker.bus;

import dev.quantgate.worker.api.Worker;
import dev.quantgate.worker.api.WorkerDirectory.ConnectedWorker;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;

/** Both ends of the bus on one Vert.x instance, with what tests wait for. */
final class LocalBus {
    final Vertx vertx = Vertx.vertx();
    final WorkerClients clients;

    LocalBus() throws Exception {
        this(Liveness.DEFAULT);
    }

    LocalBus(Liveness liveness) throws Exception {
        clients = await(WorkerClients.start(vertx, liveness));
    }

    WorkerEndpoint serve(Worker worker) throws Exception {
        return await(WorkerEndpoint.serve(vertx, worker));
    }

    /** The worker of that id, once it answers. */
    Worker client(String id) throws Exception {
        return awaitWorker(
                        clients,
                        worker ->
                                !worker.lost() && worker.worker().status().id().equals(id))
                .worker();
    }

    static ConnectedWorker awaitWorker(WorkerClients clients, Predicate<ConnectedWorker> condition) throws Exception {
        var found = new CompletableFuture<ConnectedWorker>();
        Runnable look =
                () -> clients.workers().stream().filter(condition).findFirst().ifPresent(found::complete);
        clients.onChange(look);
        look.run();
        return found.get(20, TimeUnit.SECONDS);
    }

    static <T> T await(Future<T> future) throws Exception {
        return future.toCompletionStage().toCompletableFuture().get(20, TimeUnit.SECONDS);
    }

    /** Fails unless both ends forget all streams and calls. */
    void assertIdle(WorkerEndpoint endpoint) throws Exception {
        var deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(20);
        while (clients.inFlight() > 0 || await(endpoint.running()) > 0) {
            if (System.nanoTime() > deadline) {
                throw new AssertionError("left behind: " + clients.inFlight() + " at the gateway, "
                        + await(endpoint.running()) + " at the worker");
            }
            Thread.onSpinWait();
        }
    }

    void close() throws Exception {
        await(vertx.close());
    }
}
