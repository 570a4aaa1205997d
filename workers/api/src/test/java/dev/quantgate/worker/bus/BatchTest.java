package dev.quantgate.worker.bus;

import static org.assertj.core.api.Assertions.assertThat;

import dev.quantgate.bus.v1.WireBus.Envelope;
import dev.quantgate.worker.api.CallContext;
import dev.quantgate.worker.api.StreamHandle;
import dev.quantgate.worker.api.StreamSink;
import dev.quantgate.worker.api.inference.GenerateEvent;
import dev.quantgate.worker.api.inference.GenerateRequest;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class BatchTest {
    private final List<Integer> batches = Collections.synchronizedList(new ArrayList<>());
    private final Probe<GenerateEvent> probe = new Probe<>();
    private LocalBus bus;

    @BeforeEach
    void start() throws Exception {
        bus = new LocalBus();
        bus.vertx.eventBus().<Object>addOutboundInterceptor(delivery -> {
            if (delivery.body() instanceof Envelope envelope && envelope.hasData()) {
                batches.add(envelope.getData().getItemsCount());
            }
            delivery.next();
        });
    }

    @AfterEach
    void close() throws Exception {
        bus.close();
    }

    @Test
    void aStreamThatIsNotBehindSendsEachItemAtOnce() throws Exception {
        var backend = new FakeGeneration.Backend("w1");
        bus.serve(backend);
        bus.client("w1").generate(Samples.REQUEST, CallContext.of("r"), probe);
        var generation = backend.next();
        for (int i = 0; i < 20; i++) {
            generation.chunks(i, i + 1);
            probe.awaitItems(i + 1);
        }

        assertThat(batches).hasSize(20).containsOnly(1);
    }

    @Test
    void aBurstGoesOutInBatchesOfEight() throws Exception {
        bus.serve(new BurstWorker());

        bus.client("w1").generate(Samples.REQUEST, CallContext.of("r"), probe);

        assertThat(probe.awaitEnd()).isEmpty();
        assertThat(batches).containsExactly(8, 8, 8, 6);
        assertThat(FakeGeneration.texts(probe.items()))
                .hasSize(30)
                .startsWith("t0")
                .endsWith("t29");
    }

    @Test
    void aStreamThatWasBehindStillDeliversASingleItemSoon() throws Exception {
        var backend = new FakeGeneration.Backend("w1");
        bus.serve(backend);
        bus.client("w1").generate(Samples.REQUEST, CallContext.of("r"), probe);
        var generation = backend.next();
        generation.chunks(0, 30);
        probe.awaitItems(30);

        generation.chunks(30, 31);

        probe.awaitItems(31);
    }

    @Test
    void aThousandStreamsAtOnceAllArriveWhole() throws Exception {
        var backend = new CreditedWorker(100);
        var endpoint = bus.serve(backend);
        var client = bus.client("w1");
        var probes = new ArrayList<Probe<GenerateEvent>>();
        for (int i = 0; i < 1000; i++) {
            probes.add(new Probe<>());
        }
        // On the event loop no item can arrive before its stream's handle is known.
        bus.vertx.runOnContext(v -> {
            for (int i = 0; i < 1000; i++) {
                var sink = new GrantingSink<>(probes.get(i));
                sink.follow(client.generate(Samples.REQUEST, CallContext.of("r" + i), sink));
            }
        });

        for (var one : probes) {
            assertThat(one.awaitEnd()).isEmpty();
            assertThat(FakeGeneration.texts(one.items())).isEqualTo(CreditedWorker.expected(100));
        }
        bus.assertIdle(endpoint);
        backend.close();
    }

    /** Streams 30 items and the end within one task of the endpoint's event loop. */
    private static final class BurstWorker extends FakeWorker {
        BurstWorker() {
            super("w1");
        }

        @Override
        public StreamHandle generate(GenerateRequest request, CallContext context, StreamSink<GenerateEvent> sink) {
            for (int i = 0; i < 30; i++) {
                sink.item(GenerateEvent.Chunk.of("t" + i, 1));
            }
            sink.end();
            return new FakeHandle();
        }
    }
}
