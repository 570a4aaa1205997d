package dev.quantgate.worker.bus;

import static org.assertj.core.api.Assertions.assertThat;

import dev.quantgate.bus.v1.WireBus.Envelope;
import dev.quantgate.worker.api.CallContext;
import dev.quantgate.worker.api.FailureKind;
import dev.quantgate.worker.api.OperationRecord;
import dev.quantgate.worker.api.Worker;
import dev.quantgate.worker.api.WorkerFailure;
import dev.quantgate.worker.api.inference.GenerateEvent;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class SequenceTest {
    private final Probe<GenerateEvent> probe = new Probe<>();
    private LocalBus bus;
    private RawWorker worker;
    private Worker client;

    @BeforeEach
    void start() throws Exception {
        bus = new LocalBus();
        worker = new RawWorker(bus.vertx, "raw", "");
        worker.hello(false);
        client = bus.client("raw");
    }

    @AfterEach
    void close() throws Exception {
        bus.close();
    }

    @Test
    void aGapIsDataLossAndStopsTheWork() throws Exception {
        client.generate(Samples.REQUEST, CallContext.of("r"), probe);
        var stream = worker.nextOpen();
        worker.data(stream, 0, "a");
        worker.data(stream, 2, "c");

        assertThat(probe.awaitEnd()).map(WorkerFailure::kind).contains(FailureKind.DATA_LOSS);
        assertThat(FakeGeneration.texts(probe.items())).containsExactly("a");
        assertThat(worker.next().getMessageCase()).isEqualTo(Envelope.MessageCase.CANCEL);
        assertThat(bus.clients.inFlight()).isZero();
    }

    @Test
    void aRepeatedMessageIsDataLoss() throws Exception {
        client.generate(Samples.REQUEST, CallContext.of("r"), probe);
        var stream = worker.nextOpen();
        worker.data(stream, 0, "a");
        worker.data(stream, 0, "a");

        assertThat(probe.awaitEnd()).map(WorkerFailure::kind).contains(FailureKind.DATA_LOSS);
    }

    @Test
    void aLostLastMessageIsDataLoss() throws Exception {
        client.generate(Samples.REQUEST, CallContext.of("r"), probe);
        var stream = worker.nextOpen();
        worker.data(stream, 0, "a");
        worker.end(stream, 2);

        assertThat(probe.awaitEnd()).map(WorkerFailure::kind).contains(FailureKind.DATA_LOSS);
    }

    @Test
    void messagesBehindTheEndAreIgnored() throws Exception {
        client.generate(Samples.REQUEST, CallContext.of("first"), probe);
        var ended = worker.nextOpen();
        worker.end(ended, 0);
        worker.data(ended, 0, "late");
        worker.end(ended, 0);
        assertThat(probe.awaitEnd()).isEmpty();

        // The late messages are through when a later stream has got its own.
        var later = new Probe<GenerateEvent>();
        client.generate(Samples.REQUEST, CallContext.of("second"), later);
        worker.data(worker.nextOpen(), 0, "b");
        later.awaitItems(1);

        assertThat(probe.items()).isEmpty();
        assertThat(probe.endings()).hasSize(1);
    }

    @Test
    void anItemOfTheWrongKindStopsTheStream() throws Exception {
        var failed = new Probe<OperationRecord>();
        client.watchOperation("op", CallContext.of("r"), failed);
        worker.data(worker.nextOpen(), 0, "a text");

        assertThat(failed.awaitEnd()).map(WorkerFailure::kind).contains(FailureKind.INTERNAL);
    }
}
