package dev.quantgate.worker.bus;

import dev.quantgate.worker.api.CallContext;
import dev.quantgate.worker.api.StreamHandle;
import dev.quantgate.worker.api.StreamSink;
import dev.quantgate.worker.api.inference.GenerateEvent;
import dev.quantgate.worker.api.inference.GenerateRequest;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/** One generation as a backend sees it: the test feeds the sink and reads what the other end asked for. */
final class FakeGeneration implements StreamHandle {
    final CallContext context;
    final StreamSink<GenerateEvent> sink;
    final AtomicInteger granted = new AtomicInteger();
    final CompletableFuture<Void> cancelled = new CompletableFuture<>();

    private FakeGeneration(CallContext context, StreamSink<GenerateEvent> sink) {
        this.context = context;
        this.sink = sink;
    }

    @Override
    public void grant(int items) {
        granted.addAndGet(items);
    }

    @Override
    public void cancel() {
        cancelled.complete(null);
    }

    void chunks(int from, int to) {
        for (int i = from; i < to; i++) {
            sink.item(GenerateEvent.Chunk.of("t" + i, 1));
        }
    }

    static List<String> texts(List<GenerateEvent> events) {
        return events.stream()
                .map(event -> ((GenerateEvent.Chunk) event).text())
                .toList();
    }

    /** A worker that hands its generations to the test. */
    static final class Backend extends FakeWorker {
        private final BlockingQueue<FakeGeneration> started = new LinkedBlockingQueue<>();

        Backend(String id) {
            super(id);
        }

        @Override
        public StreamHandle generate(GenerateRequest request, CallContext context, StreamSink<GenerateEvent> sink) {
            var generation = new FakeGeneration(context, sink);
            started.add(generation);
            return generation;
        }

        /** Generations that have started and that no test has taken yet. */
        List<FakeGeneration> started() {
            var taken = new ArrayList<FakeGeneration>();
            started.drainTo(taken);
            return taken;
        }

        FakeGeneration next() throws InterruptedException {
            var generation = started.poll(10, TimeUnit.SECONDS);
            if (generation == null) {
                throw new AssertionError("no generation has started");
            }
            return generation;
        }
    }
}
