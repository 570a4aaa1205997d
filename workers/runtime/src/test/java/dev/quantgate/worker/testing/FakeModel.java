package dev.quantgate.worker.testing;

import dev.quantgate.worker.api.CallContext;
import dev.quantgate.worker.api.FailureKind;
import dev.quantgate.worker.api.StreamHandle;
import dev.quantgate.worker.api.StreamSink;
import dev.quantgate.worker.api.WorkerFailure;
import dev.quantgate.worker.api.backend.LoadedModel;
import dev.quantgate.worker.api.inference.GenerateEvent;
import dev.quantgate.worker.api.inference.GenerateRequest;
import dev.quantgate.worker.api.inference.GenerationInput;
import dev.quantgate.worker.api.inference.TextResult;
import dev.quantgate.worker.api.inference.TextTask;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentLinkedQueue;

/**
 * Answers a prompt at once, but for some words: {@code hold} streams nothing until {@link #finish}, {@code crash} fails
 * as a broken engine does, {@code bug} throws.
 */
public final class FakeModel implements LoadedModel {
    public final String name;
    public volatile boolean closed;

    private final FakeBackend backend;
    private final ConcurrentLinkedQueue<StreamSink<GenerateEvent>> held = new ConcurrentLinkedQueue<>();
    private final ConcurrentLinkedQueue<CompletableFuture<?>> heldTasks = new ConcurrentLinkedQueue<>();

    FakeModel(FakeBackend backend, String name) {
        this.backend = backend;
        this.name = name;
    }

    @Override
    public long memoryBytes() {
        return FakeBackend.MODEL_BYTES;
    }

    @Override
    public StreamHandle generate(GenerateRequest request, CallContext context, StreamSink<GenerateEvent> sink) {
        var prompt = ((GenerationInput.Prompt) request.input()).text();
        switch (prompt) {
            case "bug" -> throw new IllegalStateException("a bug");
            case "crash" -> sink.fail(WorkerFailure.of(FailureKind.BACKEND_CRASHED, "engine failed"));
            case "hold" -> held.add(sink);
            default -> answer(sink);
        }
        return new StreamHandle() {
            @Override
            public void grant(int items) {}

            @Override
            public void cancel() {
                if (held.remove(sink)) {
                    sink.fail(WorkerFailure.of(FailureKind.CANCELLED, "stopped"));
                }
            }
        };
    }

    /** Lets held requests finish. */
    public void finish() {
        for (var sink = held.poll(); sink != null; sink = held.poll()) {
            answer(sink);
        }
    }

    public int heldCount() {
        return held.size() + heldTasks.size();
    }

    @Override
    public <R extends TextResult> CompletionStage<R> run(TextTask<R> task, CallContext context) {
        if (task instanceof TextTask.Tokenize tokenize) {
            var result = new CompletableFuture<R>();
            switch (tokenize.text()) {
                case "hold" -> heldTasks.add(result);
                case "bug" -> throw new IllegalStateException("a bug");
                default -> {
                    @SuppressWarnings("unchecked") // A Tokenize is a TextTask<Tokenized>.
                    var answer = (R) new TextResult.Tokenized(List.of(1), List.of(tokenize.text()));
                    result.complete(answer);
                }
            }
            return result;
        }
        return CompletableFuture.failedFuture(
                WorkerFailure.of(FailureKind.UNSUPPORTED, "only tokenize").asException());
    }

    @Override
    public Map<String, Double> statistics() {
        return Map.of("queued", 0.0, "kv_tokens_used", 3.0);
    }

    @Override
    public void close() {
        closed = true;
        backend.open.remove(this);
    }

    @Override
    public void abort() {
        for (var sink = held.poll(); sink != null; sink = held.poll()) {
            sink.fail(WorkerFailure.of(FailureKind.UNAVAILABLE, "aborted"));
        }
        for (var task = heldTasks.poll(); task != null; task = heldTasks.poll()) {
            task.completeExceptionally(
                    WorkerFailure.of(FailureKind.UNAVAILABLE, "aborted").asException());
        }
    }

    private static void answer(StreamSink<GenerateEvent> sink) {
        sink.item(GenerateEvent.Chunk.of("hello", 1));
        var timings = new GenerateEvent.Timings(Duration.ZERO, Duration.ZERO, Duration.ZERO, Duration.ZERO);
        sink.item(new GenerateEvent.Completed(GenerateEvent.FinishReason.LENGTH, 1, 1, 0, 0, 0, timings, 0, "", 0));
        sink.end();
    }
}
