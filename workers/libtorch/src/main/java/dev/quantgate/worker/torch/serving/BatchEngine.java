package dev.quantgate.worker.torch.serving;

import dev.quantgate.worker.api.CallContext;
import dev.quantgate.worker.torch.model.EncoderModel;
import dev.quantgate.worker.torch.model.TokenBatch;
import dev.quantgate.worker.torch.model.TokenInput;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.LongAdder;

/**
 * Runs one model: concurrent inputs become batches, each computed by one of a fixed number of threads.
 *
 * <p>Thread-safe. Cancellation and deadlines take effect between batches. Owns its threads, not the model.
 */
public final class BatchEngine implements AutoCloseable {

    private static final int[] NO_POSITIONS = new int[0];

    private final EncoderModel model;
    private final BatchQueue queue;
    private final List<Thread> threads = new ArrayList<>();
    private final AtomicInteger running = new AtomicInteger();
    private final LongAdder batches = new LongAdder();
    private final LongAdder inputs = new LongAdder();

    /** Starts the threads. */
    public BatchEngine(String name, EncoderModel model, BatchSettings settings) {
        this.model = model;
        this.queue = new BatchQueue(settings, model.padsBatches());
        for (int i = 0; i < settings.instances(); i++) {
            Thread thread = new Thread(this::work, "torch-" + name + "-" + i);
            thread.setDaemon(true);
            threads.add(thread);
            thread.start();
        }
    }

    /** Computes inputs that need no positions. */
    public CompletionStage<List<float[][]>> submit(
            Computation computation, List<TokenInput> requested, CallContext context) {
        return submit(
                computation,
                requested,
                requested.stream().map(input -> NO_POSITIONS).toList(),
                context);
    }

    /**
     * Computes inputs; the stage completes on a thread of the engine with the rows of each input in their order.
     *
     * @throws dev.quantgate.worker.api.WorkerException QUEUE_FULL or UNAVAILABLE, at once
     */
    public CompletionStage<List<float[][]>> submit(
            Computation computation, List<TokenInput> requested, List<int[]> positions, CallContext context) {
        if (requested.isEmpty()) {
            return CompletableFuture.completedFuture(List.of());
        }
        PendingRequest request = new PendingRequest(computation, context, requested.size(), System.nanoTime());
        List<PendingInput> pending = new ArrayList<>();
        for (int i = 0; i < requested.size(); i++) {
            pending.add(new PendingInput(request, i, requested.get(i), positions.get(i)));
        }
        queue.add(pending);
        return request.future();
    }

    private void work() {
        try {
            for (List<PendingInput> batch = queue.take(); !batch.isEmpty(); batch = queue.take()) {
                running.incrementAndGet();
                try {
                    compute(batch);
                } finally {
                    running.decrementAndGet();
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void compute(List<PendingInput> batch) {
        try {
            TokenBatch tokens = new TokenBatch(
                    batch.stream().map(PendingInput::input).toList(),
                    model.config().paddingId());
            float[][][] rows = batch.get(0)
                    .request()
                    .computation()
                    .run(
                            model,
                            tokens,
                            batch.stream().map(PendingInput::positions).toList());
            batches.increment();
            inputs.add(batch.size());
            for (int i = 0; i < rows.length; i++) {
                batch.get(i).complete(rows[i]);
            }
        } catch (RuntimeException e) {
            // The thread has to live on: every request of the batch hears of it, and the next batch may be fine.
            batch.forEach(input -> input.request().fail(e));
        }
    }

    /** Present figures by name. */
    public Map<String, Double> statistics() {
        return Map.of(
                "running",
                (double) running.get(),
                "queued",
                (double) queue.waitingRequests(),
                "batches",
                batches.doubleValue(),
                "inputs",
                inputs.doubleValue());
    }

    /** Fails what waits with UNAVAILABLE; the batches that run are finished. */
    public void abort() {
        queue.abort();
    }

    /** Refuses new requests and blocks until those that were accepted are finished. */
    @Override
    public void close() {
        queue.close();
        boolean interrupted = false;
        for (Thread thread : threads) {
            while (thread.isAlive()) {
                try {
                    thread.join();
                } catch (InterruptedException e) {
                    // Native memory may only be freed once no thread computes, so the wait goes on.
                    interrupted = true;
                }
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}
