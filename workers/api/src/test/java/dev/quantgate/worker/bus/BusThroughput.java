package dev.quantgate.worker.bus;

import dev.quantgate.bus.v1.WireBus.Envelope;
import dev.quantgate.worker.api.CallContext;
import dev.quantgate.worker.api.StreamSink;
import dev.quantgate.worker.api.Worker;
import dev.quantgate.worker.api.WorkerFailure;
import dev.quantgate.worker.api.inference.GenerateEvent;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.LongAdder;

/**
 * Measures streamed items a second through both ends of a local bus; run by hand. {@code steps} is how a decode loop
 * feeds it: one item to each of 256 streams, then the next step when all have arrived, so each message carries one
 * item. {@code flood} is one stream that a backend feeds as fast as its credit allows.
 */
final class BusThroughput {
    private static final int STREAMS = 256;
    private static final int STEPS = 1500;
    private static final int FLOOD_ITEMS = 1_000_000;
    private static final int ROUNDS = 5;

    private BusThroughput() {}

    public static void main(String[] arguments) throws Exception {
        for (int round = 0; round < ROUNDS; round++) {
            steps();
            flood();
        }
    }

    private static void steps() throws Exception {
        var bus = new LocalBus();
        var messages = countMessages(bus);
        var backend = new FakeGeneration.Backend("w1");
        bus.serve(backend);
        var client = bus.client("w1");
        var arrived = new Semaphore(0);
        var ended = new CountDownLatch(STREAMS);
        var sinks = open(bus, client, STREAMS, arrived, ended);
        var generations = new ArrayList<FakeGeneration>();
        while (generations.size() < STREAMS) {
            generations.add(backend.next());
        }
        var started = System.nanoTime();
        for (int step = 0; step < STEPS; step++) {
            for (var generation : generations) {
                generation.sink.item(GenerateEvent.Chunk.of("token", 1));
            }
            arrived.acquire(STREAMS);
        }
        report("steps", STREAMS * STEPS, messages, System.nanoTime() - started);
        generations.forEach(generation -> generation.sink.end());
        ended.await();
        if (sinks.size() != STREAMS) {
            throw new AssertionError(sinks.size());
        }
        bus.close();
    }

    private static void flood() throws Exception {
        var bus = new LocalBus();
        var messages = countMessages(bus);
        var worker = new CreditedWorker(FLOOD_ITEMS);
        bus.serve(worker);
        var client = bus.client("w1");
        var ended = new CountDownLatch(1);
        var started = System.nanoTime();
        open(bus, client, 1, new Semaphore(0), ended);
        ended.await();
        report("flood", FLOOD_ITEMS, messages, System.nanoTime() - started);
        worker.close();
        bus.close();
    }

    private static List<GrantingSink<GenerateEvent>> open(
            LocalBus bus, Worker client, int streams, Semaphore arrived, CountDownLatch ended) throws Exception {
        var sinks = new ArrayList<GrantingSink<GenerateEvent>>();
        var opened = new CountDownLatch(1);
        bus.vertx.runOnContext(v -> {
            for (int i = 0; i < streams; i++) {
                var sink = new GrantingSink<>(new Counter(arrived, ended));
                sinks.add(sink);
                sink.follow(client.generate(Samples.REQUEST, CallContext.of("r"), sink));
            }
            opened.countDown();
        });
        opened.await();
        return sinks;
    }

    private static LongAdder countMessages(LocalBus bus) {
        var messages = new LongAdder();
        bus.vertx.eventBus().<Object>addOutboundInterceptor(delivery -> {
            if (delivery.body() instanceof Envelope envelope && envelope.hasData()) {
                messages.increment();
            }
            delivery.next();
        });
        return messages;
    }

    private static void report(String name, long items, LongAdder messages, long nanos) {
        System.out.printf(
                "%s: %,.0f items/s, %.2f items/message%n", name, items * 1e9 / nanos, items / messages.doubleValue());
    }

    private record Counter(Semaphore arrived, CountDownLatch ended) implements StreamSink<GenerateEvent> {
        @Override
        public void item(GenerateEvent item) {
            arrived.release();
        }

        @Override
        public void end() {
            ended.countDown();
        }

        @Override
        public void fail(WorkerFailure failure) {
            throw new AssertionError(failure);
        }
    }
}
