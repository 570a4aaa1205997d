package dev.quantgate.worker.bus;

import static dev.quantgate.worker.bus.LocalBus.await;
import static dev.quantgate.worker.bus.LocalBus.awaitWorker;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.quantgate.worker.api.CallContext;
import dev.quantgate.worker.api.Cancellation;
import dev.quantgate.worker.api.FailureKind;
import dev.quantgate.worker.api.Worker;
import dev.quantgate.worker.api.WorkerFailure;
import dev.quantgate.worker.api.inference.GenerateEvent;
import io.vertx.core.Vertx;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

class ClusterTest {
    private static Vertx gatewayNode;
    private static Vertx workerNode;
    private static WorkerClients clients;

    private final Probe<GenerateEvent> probe = new Probe<>();

    @BeforeAll
    static void start() throws Exception {
        var port = LoopbackCluster.freePort();
        gatewayNode = await(LoopbackCluster.start(LoopbackCluster.manager(port, port, false)));
        workerNode = await(LoopbackCluster.start(LoopbackCluster.manager(LoopbackCluster.freePort(), port, true)));
        clients = await(WorkerClients.start(gatewayNode));
    }

    @AfterAll
    static void close() throws Exception {
        await(workerNode.close());
        await(gatewayNode.close());
    }

    @Test
    void aLongStreamArrivesWhole() throws Exception {
        var worker = new CreditedWorker(5000);
        var endpoint = await(WorkerEndpoint.serve(workerNode, worker));
        var client = client("w1");

        gatewayNode.runOnContext(v -> {
            var sink = new GrantingSink<>(probe);
            sink.follow(client.generate(Samples.REQUEST, CallContext.of("r"), sink));
        });

        assertThat(probe.awaitEnd()).isEmpty();
        assertThat(FakeGeneration.texts(probe.items())).isEqualTo(CreditedWorker.expected(5000));
        assertThat(await(endpoint.running())).isZero();
        await(endpoint.close());
        worker.close();
    }

    @Test
    void theWindowHoldsAndCancelStopsTheWork() throws Exception {
        var backend = new FakeGeneration.Backend("window");
        var endpoint = await(WorkerEndpoint.serve(workerNode, backend));
        var cancellation = new Cancellation();
        var client = client("window");
        client.generate(Samples.REQUEST, new CallContext("r", CallContext.NO_TIMEOUT, "", cancellation), probe);
        var generation = backend.next();
        generation.chunks(0, 200);
        probe.awaitItems(64);
        // Whatever was on its way to the gateway is there before the answer to a later call.
        var answer = catchThrowable(() ->
                client.listModels(CallContext.of("r")).toCompletableFuture().get(10, TimeUnit.SECONDS));
        assertThat(answer).hasMessageContaining("not by this fake");

        cancellation.cancel();

        assertThat(probe.awaitEnd()).map(WorkerFailure::kind).contains(FailureKind.CANCELLED);
        generation.cancelled.get(10, TimeUnit.SECONDS);
        assertThat(probe.items()).hasSize(64);
        await(endpoint.close());
    }

    @Test
    void failuresOfCallsArriveWithAllFields() throws Exception {
        var endpoint = await(WorkerEndpoint.serve(workerNode, new FakeWorker("calls")));
        var client = client("calls");

        var thrown = catchThrowable(() -> client.getModel("smol", CallContext.of("r"))
                .toCompletableFuture()
                .get(10, TimeUnit.SECONDS));

        assertThat(WorkerFailure.find(thrown)).contains(WorkerFailure.of(FailureKind.UNSUPPORTED, "not by this fake"));
        await(endpoint.close());
    }

    @Test
    void closingTheEndpointEndsStreamsAsUnavailable() throws Exception {
        var backend = new FakeGeneration.Backend("closing");
        var endpoint = await(WorkerEndpoint.serve(workerNode, backend));
        client("closing").generate(Samples.REQUEST, CallContext.of("r"), probe);
        backend.next();

        await(endpoint.close());

        assertThat(probe.awaitEnd()).map(WorkerFailure::kind).contains(FailureKind.UNAVAILABLE);
    }

    private static Worker client(String id) throws Exception {
        return awaitWorker(
                        clients,
                        worker ->
                                !worker.lost() && worker.worker().status().id().equals(id))
                .worker();
    }
}
