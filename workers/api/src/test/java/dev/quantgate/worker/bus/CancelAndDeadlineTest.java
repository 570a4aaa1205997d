package dev.quantgate.worker.bus;

import static org.assertj.core.api.Assertions.assertThat;

import dev.quantgate.bus.v1.WireBus.Envelope;
import dev.quantgate.worker.api.CallContext;
import dev.quantgate.worker.api.Cancellation;
import dev.quantgate.worker.api.FailureKind;
import dev.quantgate.worker.api.Worker;
import dev.quantgate.worker.api.WorkerFailure;
import dev.quantgate.worker.api.inference.GenerateEvent;
import dev.quantgate.worker.api.inference.GenerateEvent.FinishReason;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class CancelAndDeadlineTest {
    private final FakeGeneration.Backend backend = new FakeGeneration.Backend("w1");
    private final Probe<GenerateEvent> probe = new Probe<>();
    private final Cancellation cancellation = new Cancellation();
    private final Map<Long, AtomicInteger> ends = new ConcurrentHashMap<>();
    private final Map<Long, Boolean> opens = new ConcurrentHashMap<>();
    private LocalBus bus;
    private WorkerEndpoint endpoint;
    private Worker client;

    @BeforeEach
    void start() throws Exception {
        bus = new LocalBus();
        endpoint = bus.serve(backend);
        client = bus.client("w1");
        bus.vertx.eventBus().<Object>addOutboundInterceptor(delivery -> {
            if (delivery.body() instanceof Envelope envelope) {
                count(envelope);
            }
            delivery.next();
        });
    }

    @AfterEach
    void close() throws Exception {
        bus.close();
    }

    @Test
    void aStreamCancelledBeforeItStartsNeverReachesTheWorker() throws Exception {
        cancellation.cancel();

        client.generate(Samples.REQUEST, context(CallContext.NO_TIMEOUT), probe);

        assertThat(probe.awaitEnd()).map(WorkerFailure::kind).contains(FailureKind.CANCELLED);
        assertThat(opens).isEmpty();
        bus.assertIdle(endpoint);
    }

    @Test
    void aStreamCancelledAtOnceEndsOnce() throws Exception {
        client.generate(Samples.REQUEST, context(CallContext.NO_TIMEOUT), probe).cancel();

        assertThat(probe.awaitEnd()).map(WorkerFailure::kind).contains(FailureKind.CANCELLED);
        bus.assertIdle(endpoint);
        assertThat(probe.endings()).hasSize(1);
    }

    @Test
    void cancellingAStreamStopsTheWork() throws Exception {
        client.generate(Samples.REQUEST, context(CallContext.NO_TIMEOUT), probe);
        var generation = backend.next();
        generation.chunks(0, 3);
        probe.awaitItems(3);

        cancellation.cancel();

        assertThat(probe.awaitEnd()).map(WorkerFailure::kind).contains(FailureKind.CANCELLED);
        generation.cancelled.get(10, TimeUnit.SECONDS);
        assertThat(generation.context.cancellation().isCancelled()).isTrue();
        bus.assertIdle(endpoint);
    }

    @Test
    void cancellingAnEndedStreamDoesNothing() throws Exception {
        var handle = client.generate(Samples.REQUEST, context(CallContext.NO_TIMEOUT), probe);
        var generation = backend.next();
        generation.sink.end();
        assertThat(probe.awaitEnd()).isEmpty();

        handle.cancel();
        handle.grant(64);
        cancellation.cancel();

        bus.assertIdle(endpoint);
        assertThat(generation.cancelled).isNotDone();
        assertThat(probe.endings()).hasSize(1);
    }

    @Test
    void whatABackendSendsAfterTheEndIsIgnored() throws Exception {
        client.generate(Samples.REQUEST, context(CallContext.NO_TIMEOUT), probe);
        var generation = backend.next();
        generation.sink.end();
        generation.chunks(0, 3);
        generation.sink.end();
        generation.sink.fail(Samples.FAILURE);

        assertThat(probe.awaitEnd()).isEmpty();
        bus.assertIdle(endpoint);
        assertThat(probe.items()).isEmpty();
        assertThat(ends.values())
                .hasSize(1)
                .allSatisfy(count -> assertThat(count).hasValue(1));
    }

    @Test
    void aDeadlineInThePastNeverReachesTheWorker() throws Exception {
        client.generate(Samples.REQUEST, context(Duration.ZERO), probe);

        assertThat(probe.awaitEnd()).map(WorkerFailure::kind).contains(FailureKind.DEADLINE_EXCEEDED);
        assertThat(opens).isEmpty();
        bus.assertIdle(endpoint);
    }

    @Test
    void theDeadlineStopsTheWork() throws Exception {
        client.generate(Samples.REQUEST, context(Duration.ofMillis(30)), probe);
        var generation = backend.next();

        assertThat(probe.awaitEnd()).map(WorkerFailure::kind).contains(FailureKind.DEADLINE_EXCEEDED);
        generation.cancelled.get(10, TimeUnit.SECONDS);
        assertThat(generation.context.timeout()).isEqualTo(Duration.ofMillis(30));
        bus.assertIdle(endpoint);
    }

    @Test
    void endsComeOnceWhenEndCancelAndDeadlineRace() throws Exception {
        var probes = new ArrayList<Probe<GenerateEvent>>();
        var racers = new ArrayList<CompletableFuture<Void>>();
        for (int i = 0; i < 300; i++) {
            var one = new Probe<GenerateEvent>();
            probes.add(one);
            var timeout = Duration.ofMillis(1 + ThreadLocalRandom.current().nextInt(20));
            var handle = client.generate(Samples.REQUEST, CallContext.of("r" + i), one);
            var racing = new Probe<GenerateEvent>();
            probes.add(racing);
            var other =
                    client.generate(Samples.REQUEST, new CallContext("d" + i, timeout, "", new Cancellation()), racing);
            racers.add(CompletableFuture.runAsync(handle::cancel));
            racers.add(CompletableFuture.runAsync(() -> finish(backend.started())));
            racers.add(CompletableFuture.runAsync(() -> finish(backend.started())));
            if (i % 3 == 0) {
                racers.add(CompletableFuture.runAsync(other::cancel));
            }
        }
        CompletableFuture.allOf(racers.toArray(CompletableFuture<?>[]::new)).get(60, TimeUnit.SECONDS);

        for (var one : probes) {
            var how = one.awaitEnd();
            assertThat(how.isEmpty() || isCancelOrDeadline(how.get())).isTrue();
        }
        bus.assertIdle(endpoint);
        assertThat(probes).allSatisfy(one -> assertThat(one.endings()).hasSize(1));
        assertThat(ends.values()).allSatisfy(count -> assertThat(count).hasValue(1));
    }

    private static boolean isCancelOrDeadline(WorkerFailure failure) {
        return List.of(FailureKind.CANCELLED, FailureKind.DEADLINE_EXCEEDED).contains(failure.kind());
    }

    private static void finish(List<FakeGeneration> generations) {
        for (var generation : generations) {
            generation.chunks(0, 5);
            generation.sink.item(Samples.completed(FinishReason.STOP));
            generation.sink.end();
        }
    }

    private CallContext context(Duration timeout) {
        return new CallContext("r", timeout, "client", cancellation);
    }

    private void count(Envelope envelope) {
        switch (envelope.getMessageCase()) {
            case OPEN -> opens.put(envelope.getOpen().getHeader().getId(), true);
            case END ->
                ends.computeIfAbsent(envelope.getEnd().getId(), id -> new AtomicInteger())
                        .incrementAndGet();
            default -> {
                // Only the first and last messages of streams count here.
            }
        }
    }
}
