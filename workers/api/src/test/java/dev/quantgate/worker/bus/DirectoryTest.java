package dev.quantgate.worker.bus;

import static dev.quantgate.worker.bus.LocalBus.await;
import static dev.quantgate.worker.bus.LocalBus.awaitWorker;
import static org.assertj.core.api.Assertions.assertThat;

import dev.quantgate.worker.api.WorkerDirectory.ConnectedWorker;
import dev.quantgate.worker.api.WorkerStatus;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class DirectoryTest {
    private LocalBus bus;

    @BeforeEach
    void start() throws Exception {
        bus = new LocalBus();
    }

    @AfterEach
    void close() throws Exception {
        bus.close();
    }

    @Test
    void workersAreListedById() throws Exception {
        for (var id : List.of("w2", "w10", "w1")) {
            bus.serve(new FakeWorker(id));
            bus.client(id);
        }

        assertThat(bus.clients.workers()).extracting(DirectoryTest::id).containsExactly("w1", "w10", "w2");
    }

    @Test
    void aWorkerOfThisProcessIsEmbedded() throws Exception {
        bus.serve(new FakeWorker("w1"));
        bus.client("w1");

        var worker = bus.clients.workers().get(0);

        assertThat(worker.embedded()).isTrue();
        assertThat(worker.lost()).isFalse();
        assertThat(worker.connectedAt()).isBeforeOrEqualTo(Instant.now());
        assertThat(worker.worker().status()).isEqualTo(Samples.status("w1"));
    }

    @Test
    void aWorkerOfAnotherProcessIsNotEmbedded() throws Exception {
        new RawWorker(bus.vertx, "raw", "").hello(false);
        bus.client("raw");

        assertThat(bus.clients.workers().get(0).embedded()).isFalse();
    }

    @Test
    void aWorkerThatWasThereFirstIsFoundWithoutWaitingForItsNextHello() throws Exception {
        var hoursApart =
                new Liveness(Duration.ofHours(1), Duration.ofHours(3), Duration.ofHours(1), Duration.ofSeconds(5));
        await(WorkerEndpoint.serve(bus.vertx, new FakeWorker("w1"), hoursApart));

        var late = await(WorkerClients.start(bus.vertx));

        assertThat(awaitWorker(late, worker -> id(worker).equals("w1")).lost()).isFalse();
    }

    @Test
    void aNewStatusArrives() throws Exception {
        var fake = new FakeWorker("w1");
        bus.serve(fake);
        bus.client("w1");

        var next = new WorkerStatus("w1", "b", "", "", "s", Set.of(), List.of(), false, 0, 0, 0, Map.of());
        fake.report(next);

        awaitWorker(bus.clients, worker -> worker.worker().status().equals(next));
    }

    @Test
    void closingTwiceIsFine() throws Exception {
        var endpoint = bus.serve(new FakeWorker("w1"));

        await(endpoint.close());
        await(endpoint.close());
        await(bus.clients.close());
        await(bus.clients.close());

        assertThat(bus.clients.workers()).isEmpty();
    }

    private static String id(ConnectedWorker worker) {
        return worker.worker().status().id();
    }
}
