package dev.quantgate.worker.api.backend;

import dev.quantgate.worker.api.CallContext;
import dev.quantgate.worker.api.StreamHandle;
import dev.quantgate.worker.api.StreamSink;
import dev.quantgate.worker.api.WorkerException;
import dev.quantgate.worker.api.inference.GenerateEvent;
import dev.quantgate.worker.api.inference.GenerateRequest;
import dev.quantgate.worker.api.inference.TextResult;
import dev.quantgate.worker.api.inference.TextTask;
import java.util.Map;
import java.util.concurrent.CompletionStage;

/**
 * A model in memory. Owns its native memory and the thread that works on it. Thread-safe; no method blocks but
 * {@link #close()}.
 */
public interface LoadedModel extends AutoCloseable {
    /** Memory it takes, in bytes: weights, KV cache, compute buffers. */
    long memoryBytes();

    /**
     * Starts a generation. Events reach {@code sink} on the model's own thread.
     *
     * @throws WorkerException at once if it cannot start: INVALID_REQUEST, UNSUPPORTED, QUEUE_FULL
     */
    StreamHandle generate(GenerateRequest request, CallContext context, StreamSink<GenerateEvent> sink);

    /**
     * Runs a task with one answer; the stage completes on the model's own thread, exceptionally with
     * {@link WorkerException}.
     */
    <R extends TextResult> CompletionStage<R> run(TextTask<R> task, CallContext context);

    /** Present figures by name, such as {@code running}, {@code queued}, {@code kv_tokens_used}. */
    Map<String, Double> statistics();

    /** Lets running requests finish, refuses new ones with UNAVAILABLE, frees everything. Blocks. */
    @Override
    void close();

    /** Ends running requests with UNAVAILABLE now; {@link #close()} then returns quickly. */
    void abort();
}
