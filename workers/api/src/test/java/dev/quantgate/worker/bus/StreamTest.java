package dev.quantgate.worker.bus;

import static dev.quantgate.worker.bus.LocalBus.await;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.quantgate.worker.api.CallContext;
import dev.quantgate.worker.api.FailureKind;
import dev.quantgate.worker.api.OperationKind;
import dev.quantgate.worker.api.OperationRecord;
import dev.quantgate.worker.api.OperationState;
import dev.quantgate.worker.api.StreamHandle;
import dev.quantgate.worker.api.StreamSink;
import dev.quantgate.worker.api.Worker;
import dev.quantgate.worker.api.WorkerFailure;
import dev.quantgate.worker.api.inference.GenerateEvent;
import dev.quantgate.worker.api.inference.GenerateEvent.FinishReason;
import dev.quantgate.worker.api.inference.GenerateRequest;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class StreamTest {
    private final FakeGeneration.Backend backend = new FakeGeneration.Backend("w1");
    private final Probe<GenerateEvent> probe = new Probe<>();
    private LocalBus bus;
    private WorkerEndpoint endpoint;
    private Worker client;

    @BeforeEach
    void start() throws Exception {
        bus = new LocalBus();
        endpoint = bus.serve(backend);
        client = bus.client("w1");
    }

    @AfterEach
    void close() throws Exception {
        bus.close();
    }

    @Test
    void itemsArriveInOrderAndThenTheEnd() throws Exception {
        generate();
        var generation = backend.next();
        generation.chunks(0, 60);
        generation.sink.item(Samples.completed(FinishReason.STOP));
        generation.sink.end();

        assertThat(probe.awaitEnd()).isEmpty();

        assertThat(FakeGeneration.texts(probe.items().subList(0, 60))).isEqualTo(texts(0, 60));
        assertThat(probe.items()).hasSize(61).last().isEqualTo(Samples.completed(FinishReason.STOP));
        bus.assertIdle(endpoint);
    }

    @Test
    void aSinkThatNeverGrantsGetsExactlyOneWindow() throws Exception {
        generate();
        backend.next().chunks(0, 200);

        probe.awaitItems(StreamHandle.INITIAL_WINDOW);
        // Whatever was on its way to the gateway is there before the answer to a later call.
        assertThatThrownBy(() -> client.listModels(CallContext.of("r"))
                        .toCompletableFuture()
                        .get(10, TimeUnit.SECONDS))
                .hasMessageContaining("not by this fake");

        assertThat(FakeGeneration.texts(probe.items())).isEqualTo(texts(0, 64));
    }

    @Test
    void grantsReachTheBackendByHalfWindows() throws Exception {
        var handle = generate();
        var generation = backend.next();
        generation.chunks(0, 200);
        probe.awaitItems(64);

        handle.grant(31);
        handle.grant(1);

        probe.awaitItems(96);
        assertThat(generation.granted).hasValue(32);
        assertThat(probe.items()).hasSize(96);
    }

    @Test
    void theEndWaitsForItemsWithoutCredit() throws Exception {
        var handle = generate();
        var generation = backend.next();
        generation.chunks(0, 70);
        generation.sink.end();
        probe.awaitItems(64);
        assertThat(probe.endings()).isEmpty();

        handle.grant(64);

        assertThat(probe.awaitEnd()).isEmpty();
        assertThat(probe.items()).hasSize(70);
    }

    @Test
    void aBackendFarBeyondItsCreditIsStopped() throws Exception {
        generate();
        var generation = backend.next();
        generation.chunks(0, 64 + 1024 + 8 + 1);

        assertThat(probe.awaitEnd()).map(WorkerFailure::kind).contains(FailureKind.INTERNAL);
        generation.cancelled.get(10, TimeUnit.SECONDS);
        bus.assertIdle(endpoint);
    }

    @Test
    void aFailureArrivesWithAllFieldsBehindTheItems() throws Exception {
        generate();
        var generation = backend.next();
        generation.chunks(0, 3);
        generation.sink.fail(Samples.FAILURE);

        assertThat(probe.awaitEnd()).contains(Samples.FAILURE);
        assertThat(probe.items()).hasSize(3);
        bus.assertIdle(endpoint);
    }

    @Test
    void aFailureDoesNotWaitForCredit() throws Exception {
        generate();
        var generation = backend.next();
        generation.chunks(0, 80);
        generation.sink.fail(Samples.FAILURE);

        assertThat(probe.awaitEnd()).contains(Samples.FAILURE);
        assertThat(probe.items()).hasSize(64);
    }

    @Test
    void aRefusalArrivesWithAllFields() throws Exception {
        serveThrowing("w2", Samples.FAILURE.asException());

        bus.client("w2").generate(Samples.REQUEST, CallContext.of("r"), probe);

        assertThat(probe.awaitEnd()).contains(Samples.FAILURE);
        assertThat(probe.endings()).hasSize(1);
    }

    @Test
    void aBugArrivesAsInternalWithoutItsText() throws Exception {
        var throwing = serveThrowing("w2", new IllegalStateException("secret"));

        bus.client("w2").generate(Samples.REQUEST, CallContext.of("r"), probe);

        assertThat(probe.awaitEnd()).contains(WorkerFailure.of(FailureKind.INTERNAL, "internal error"));
        bus.assertIdle(throwing);
    }

    @Test
    void theSinkRunsOnTheContextThatStartedTheStream() throws Exception {
        var context = bus.vertx.getOrCreateContext();
        context.runOnContext(v -> generate());
        backend.next().chunks(0, 2);

        probe.awaitItems(2);

        assertThat(probe.contexts()).containsOnly(context);
    }

    @Test
    void aSinkThatThrowsStopsTheWork() throws Exception {
        var ended = new CompletableFuture<WorkerFailure>();
        client.generate(Samples.REQUEST, CallContext.of("r"), new StreamSink<GenerateEvent>() {
            @Override
            public void item(GenerateEvent item) {
                throw new IllegalStateException("bug of the caller");
            }

            @Override
            public void end() {
                ended.completeExceptionally(new AssertionError("ended well"));
            }

            @Override
            public void fail(WorkerFailure failure) {
                ended.complete(failure);
            }
        });
        var generation = backend.next();
        generation.chunks(0, 1);

        assertThat(ended.get(10, TimeUnit.SECONDS).kind()).isEqualTo(FailureKind.INTERNAL);
        generation.cancelled.get(10, TimeUnit.SECONDS);
    }

    @Test
    void watchedOperationsArrive() throws Exception {
        var running = Samples.operation(OperationKind.QUANTIZE, OperationState.RUNNING);
        var done = Samples.operation(OperationKind.QUANTIZE, OperationState.SUCCEEDED);
        bus.serve(new FakeWorker("w2") {
            @Override
            public StreamHandle watchOperation(String id, CallContext context, StreamSink<OperationRecord> sink) {
                assertThat(id).isEqualTo("op-7");
                sink.item(running);
                sink.item(done);
                sink.end();
                return new FakeHandle();
            }
        });
        var operations = new Probe<OperationRecord>();

        bus.client("w2").watchOperation("op-7", CallContext.of("r"), operations);

        assertThat(operations.awaitEnd()).isEmpty();
        assertThat(operations.items()).isEqualTo(List.of(running, done));
    }

    @Test
    void closingTheEndpointEndsStreamsAsUnavailable() throws Exception {
        generate();
        var generation = backend.next();
        generation.chunks(0, 1);
        probe.awaitItems(1);

        await(endpoint.close());

        assertThat(probe.awaitEnd()).map(WorkerFailure::kind).contains(FailureKind.UNAVAILABLE);
        generation.cancelled.get(10, TimeUnit.SECONDS);
        assertThat(probe.endings()).hasSize(1);
        assertThat(bus.clients.inFlight()).isZero();
    }

    @Test
    void closingTheGatewayEndsStreamsAndStopsTheWork() throws Exception {
        generate();
        var generation = backend.next();

        await(bus.clients.close());

        assertThat(probe.awaitEnd()).map(WorkerFailure::kind).contains(FailureKind.UNAVAILABLE);
        generation.cancelled.get(10, TimeUnit.SECONDS);
        bus.assertIdle(endpoint);
    }

    private StreamHandle generate() {
        return client.generate(Samples.REQUEST, CallContext.of("r"), probe);
    }

    private WorkerEndpoint serveThrowing(String id, RuntimeException thrown) throws Exception {
        return bus.serve(new FakeWorker(id) {
            @Override
            public StreamHandle generate(GenerateRequest request, CallContext context, StreamSink<GenerateEvent> sink) {
                throw thrown;
            }
        });
    }

    private static List<String> texts(int from, int to) {
        return IntStream.range(from, to).mapToObj(i -> "t" + i).toList();
    }
}
