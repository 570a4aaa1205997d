package dev.quantgate.gateway.routing;

import dev.quantgate.worker.api.StreamSink;
import dev.quantgate.worker.api.WorkerFailure;
import dev.quantgate.worker.api.inference.GenerateEvent;

/** Passes a generation on and measures it. */
final class MeteredSink implements StreamSink<GenerateEvent> {
    private final InferenceMetrics metrics;
    private final String method;
    private final StreamSink<GenerateEvent> target;
    private final long startNanos = System.nanoTime();
    private boolean started;
    private long lastNanos;

    MeteredSink(InferenceMetrics metrics, String method, StreamSink<GenerateEvent> target) {
        this.metrics = metrics;
        this.method = method;
        this.target = target;
    }

    @Override
    public void item(GenerateEvent item) {
        if (item instanceof GenerateEvent.Chunk chunk) {
            tokens(chunk.tokens());
        } else {
            metrics.completed((GenerateEvent.Completed) item);
        }
        target.item(item);
    }

    @Override
    public void end() {
        metrics.ended(method);
        target.end();
    }

    @Override
    public void fail(WorkerFailure failure) {
        metrics.failed(method, failure.kind());
        target.fail(failure);
    }

    private void tokens(int tokens) {
        if (tokens < 1) {
            return;
        }
        var now = System.nanoTime();
        if (started) {
            // Tokens that come together share the time since those before them.
            metrics.interToken().record((now - lastNanos) / tokens, tokens);
        } else {
            started = true;
            metrics.timeToFirstToken().record(now - startNanos, 1);
        }
        lastNanos = now;
    }
}
