package dev.quantgate.worker.bus;

import dev.quantgate.worker.api.CallContext;
import dev.quantgate.worker.api.StreamHandle;
import dev.quantgate.worker.api.StreamSink;
import dev.quantgate.worker.api.inference.GenerateEvent;
import dev.quantgate.worker.api.inference.GenerateRequest;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.stream.IntStream;

/** A worker whose backend has one thread of its own, streams a fixed number of items and keeps to its credit. */
final class CreditedWorker extends FakeWorker {
    private final ExecutorService thread = Executors.newSingleThreadExecutor();
    private final int items;

    CreditedWorker(int items) {
        super("w1");
        this.items = items;
    }

    @Override
    public StreamHandle generate(GenerateRequest request, CallContext context, StreamSink<GenerateEvent> sink) {
        var run = new Run(sink);
        thread.execute(run::advance);
        return run;
    }

    void close() {
        thread.shutdownNow();
    }

    static List<String> expected(int items) {
        return IntStream.range(0, items).mapToObj(i -> "t" + i).toList();
    }

    /** Confined to the backend's thread. */
    private final class Run implements StreamHandle {
        private final StreamSink<GenerateEvent> sink;
        private int credit = INITIAL_WINDOW;
        private int next;
        private boolean over;

        Run(StreamSink<GenerateEvent> sink) {
            this.sink = sink;
        }

        @Override
        public void grant(int more) {
            thread.execute(() -> {
                credit += more;
                advance();
            });
        }

        @Override
        public void cancel() {
            thread.execute(() -> over = true);
        }

        void advance() {
            while (!over && credit > 0 && next < items) {
                credit--;
                sink.item(GenerateEvent.Chunk.of("t" + next++, 1));
            }
            if (!over && next == items) {
                over = true;
                sink.end();
            }
        }
    }
}
