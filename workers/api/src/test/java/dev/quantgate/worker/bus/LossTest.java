package dev.quantgate.worker.bus;

import static dev.quantgate.worker.bus.LocalBus.await;
import static dev.quantgate.worker.bus.LocalBus.awaitWorker;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.quantgate.bus.v1.WireBus.Envelope;
import dev.quantgate.bus.v1.WireBus.Expectation;
import dev.quantgate.bus.v1.WireBus.Open;
import dev.quantgate.bus.v1.WireCommon;
import dev.quantgate.bus.v1.WireCommon.CallHeader;
import dev.quantgate.worker.api.CallContext;
import dev.quantgate.worker.api.FailureKind;
import dev.quantgate.worker.api.WorkerDirectory.ConnectedWorker;
import dev.quantgate.worker.api.WorkerFailure;
import dev.quantgate.worker.api.inference.GenerateEvent;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class LossTest {
    private static final Liveness QUICK =
            new Liveness(Duration.ofMillis(40), Duration.ofMillis(200), Duration.ofMillis(1500), Duration.ofSeconds(5));
    private static final Duration DEADLINE = Duration.ofMillis(50);

    private final Probe<GenerateEvent> probe = new Probe<>();
    private LocalBus bus;

    @BeforeEach
    void start() throws Exception {
        bus = new LocalBus(QUICK);
    }

    @AfterEach
    void close() throws Exception {
        bus.close();
    }

    @Test
    void aSilentWorkerIsLostWithItsStreamsAndCallsAndThenForgotten() throws Exception {
        var worker = raw("raw", "");
        var client = bus.client("raw");
        client.generate(Samples.REQUEST, CallContext.of("r"), probe);
        var call = client.listModels(CallContext.of("r")).toCompletableFuture();
        worker.next();
        worker.next();

        worker.beSilent(true);

        assertThat(probe.awaitEnd()).map(WorkerFailure::kind).contains(FailureKind.UNAVAILABLE);
        assertThatThrownBy(() -> call.get(10, TimeUnit.SECONDS)).satisfies(LossTest::isUnavailable);
        assertThat(bus.clients.inFlight()).isZero();
        awaitNobody();
    }

    @Test
    void aLostWorkerThatAnswersAgainIsBack() throws Exception {
        var worker = raw("raw", "");
        bus.client("raw");
        worker.beSilent(true);
        awaitWorker(bus.clients, ConnectedWorker::lost);

        worker.beSilent(false);

        bus.client("raw").generate(Samples.REQUEST, CallContext.of("r"), probe);
        worker.data(worker.nextOpen(), 0, "a");
        probe.awaitItems(1);
    }

    @Test
    void theDeathOfANodeLosesItsWorkersAloneAndForGood() throws Exception {
        var dead = raw("dead", "node-1");
        raw("alive", "node-2");
        var client = bus.client("dead");
        bus.client("alive");
        client.generate(Samples.REQUEST, CallContext.of("r"), probe);
        dead.nextOpen();

        bus.clients.nodeLeft("node-1");

        assertThat(probe.awaitEnd()).map(WorkerFailure::kind).contains(FailureKind.UNAVAILABLE);
        dead.hello(false);
        awaitWorker(bus.clients, worker -> id(worker).equals("dead") && worker.lost());
        assertThat(bus.clients.workers())
                .filteredOn(worker -> !worker.lost())
                .extracting(LossTest::id)
                .containsExactly("alive");
    }

    @Test
    void callsToALostWorkerFailAtOnce() throws Exception {
        raw("raw", "node-1");
        var client = bus.client("raw");
        bus.clients.nodeLeft("node-1");
        awaitWorker(bus.clients, ConnectedWorker::lost);

        client.generate(Samples.REQUEST, CallContext.of("r"), probe);

        assertThat(probe.awaitEnd()).map(WorkerFailure::kind).contains(FailureKind.UNAVAILABLE);
    }

    @Test
    void aWorkerThatLeavesIsLostAtOnce() throws Exception {
        var worker = raw("raw", "");
        bus.client("raw").generate(Samples.REQUEST, CallContext.of("r"), probe);
        worker.nextOpen();

        worker.hello(true);

        assertThat(probe.awaitEnd()).map(WorkerFailure::message).contains("worker raw left");
    }

    @Test
    void aRestartedWorkerReplacesItsPredecessor() throws Exception {
        var first = raw("raw", "");
        bus.client("raw").generate(Samples.REQUEST, CallContext.of("r"), probe);
        first.nextOpen();

        var second = raw("raw", "");

        assertThat(probe.awaitEnd()).map(WorkerFailure::kind).contains(FailureKind.UNAVAILABLE);
        var again = new Probe<GenerateEvent>();
        bus.client("raw").generate(Samples.REQUEST, CallContext.of("r"), again);
        second.data(second.nextOpen(), 0, "a");
        again.awaitItems(1);
    }

    @Test
    void nobodyAtTheAddressIsUnavailable() throws Exception {
        var worker = raw("raw", "");
        var client = bus.client("raw");
        worker.vanish();

        client.generate(Samples.REQUEST, CallContext.of("r"), probe);

        assertThat(probe.awaitEnd()).map(WorkerFailure::kind).contains(FailureKind.UNAVAILABLE);
    }

    @Test
    void aGatewayThatDoesNotPingHasItsStreamsStopped() throws Exception {
        var backend = new FakeGeneration.Backend("w1");
        var endpoint = await(WorkerEndpoint.serve(bus.vertx, backend, QUICK));
        var ended = new CompletableFuture<Envelope>();
        var raw = new Bus(bus.vertx);
        await(raw.listen("silent-gateway", message -> ended.complete(message.body())));
        var admission = await(raw.request(address(), open(CallHeader.newBuilder()), Duration.ofSeconds(5)));
        assertThat(admission.getAdmission().hasFailure()).isFalse();

        var end = ended.get(10, TimeUnit.SECONDS).getEnd();

        assertThat(end.getFailure().getKind()).isEqualTo(WireCommon.FailureKind.FAILURE_KIND_UNAVAILABLE);
        backend.next().cancelled.get(10, TimeUnit.SECONDS);
        bus.assertIdle(endpoint);
    }

    @Test
    void theWorkerKeepsTheDeadlineByItself() throws Exception {
        var backend = new FakeGeneration.Backend("w1");
        await(WorkerEndpoint.serve(bus.vertx, backend));
        var ended = new CompletableFuture<Envelope>();
        var raw = new Bus(bus.vertx);
        await(raw.listen("silent-gateway", message -> ended.complete(message.body())));
        var header = CallHeader.newBuilder().setTimeout(TimeMapping.toWire(DEADLINE));

        await(raw.request(address(), open(header), Duration.ofSeconds(5)));

        var end = ended.get(3, TimeUnit.SECONDS).getEnd();
        assertThat(end.getFailure().getKind()).isEqualTo(WireCommon.FailureKind.FAILURE_KIND_DEADLINE_EXCEEDED);
        backend.next().cancelled.get(10, TimeUnit.SECONDS);
    }

    @Test
    void anExpectationThatCannotBeCheckedIsRefused() throws Exception {
        bus.serve(new FakeGeneration.Backend("w1"));
        var open = open(CallHeader.newBuilder()).getOpen().toBuilder()
                .setExpectation(Expectation.newBuilder().setEpoch(7));

        var reply = await(new Bus(bus.vertx)
                .request(address(), Envelope.newBuilder().setOpen(open).build(), Duration.ofSeconds(5)));

        assertThat(reply.getAdmission().getFailure().getKind())
                .isEqualTo(WireCommon.FailureKind.FAILURE_KIND_FAILED_PRECONDITION);
    }

    private static void isUnavailable(Throwable thrown) {
        assertThat(WorkerFailure.find(thrown)).map(WorkerFailure::kind).contains(FailureKind.UNAVAILABLE);
    }

    private RawWorker raw(String id, String nodeId) {
        var worker = new RawWorker(bus.vertx, id, nodeId);
        worker.hello(false);
        return worker;
    }

    private String address() throws Exception {
        var heard = new CompletableFuture<String>();
        await(new Bus(bus.vertx)
                .listen(
                        BusAddresses.HELLO,
                        message -> heard.complete(message.body().getHello().getAddress())));
        return heard.get(10, TimeUnit.SECONDS);
    }

    private static Envelope open(CallHeader.Builder header) {
        return Envelope.newBuilder()
                .setOpen(Open.newBuilder()
                        .setHeader(header.setId(1).setReplyAddress("silent-gateway"))
                        .setInitialWindow(64)
                        .setGenerate(GenerationMapping.toWire(Samples.REQUEST)))
                .build();
    }

    private void awaitNobody() throws Exception {
        var nobody = new CompletableFuture<Void>();
        Runnable look = () -> {
            if (bus.clients.workers().isEmpty()) {
                nobody.complete(null);
            }
        };
        bus.clients.onChange(look);
        look.run();
        nobody.get(20, TimeUnit.SECONDS);
    }

    private static String id(ConnectedWorker worker) {
        return worker.worker().status().id();
    }
}
