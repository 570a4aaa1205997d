package dev.quantgate.worker.torch.serving;

import dev.quantgate.worker.api.FailureKind;
import dev.quantgate.worker.api.WorkerFailure;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;

/**
 * The inputs that wait, oldest first, and the rule by which they form batches.
 *
 * <p>Thread-safe. A batch starts with the oldest input and takes others of the same computation, and of the same length
 * bucket where a model pads. It waits for more only when the batch before it had company and this one is smaller: a lone
 * caller is never delayed.
 */
final class BatchQueue {

    private static final long BUSY_RETRY_MILLIS = 50;

    private final BatchSettings settings;
    private final boolean padded;
    private final ArrayDeque<PendingInput> inputs = new ArrayDeque<>();
    private int waitingRequests;
    private int idle;
    private int lastBatch;
    private boolean closed;

    /** Makes a queue; where inputs are not padded, those of any length may share a batch. */
    BatchQueue(BatchSettings settings, boolean padded) {
        this.settings = settings;
        this.padded = padded;
    }

    /** Adds a request, or refuses it with a planned failure. */
    synchronized void add(List<PendingInput> request) {
        if (closed) {
            throw WorkerFailure.of(FailureKind.UNAVAILABLE, "the model is being unloaded")
                    .asException();
        }
        if (waitingRequests >= settings.queueCapacity() + idle) {
            throw WorkerFailure.retry(
                            FailureKind.QUEUE_FULL,
                            waitingRequests + " requests wait (expected: at most " + settings.queueCapacity() + ")",
                            Duration.ofMillis(BUSY_RETRY_MILLIS))
                    .asException();
        }
        waitingRequests++;
        inputs.addAll(request);
        notifyAll();
    }

    /** Waits for the next batch; empty when the queue is closed and drained. */
    synchronized List<PendingInput> take() throws InterruptedException {
        while (true) {
            idle++;
            try {
                while (inputs.isEmpty() && !closed) {
                    wait();
                }
            } finally {
                idle--;
            }
            if (inputs.isEmpty()) {
                return List.of();
            }
            waitForCompany();
            List<PendingInput> batch = gather();
            if (!batch.isEmpty()) {
                lastBatch = batch.size();
                return batch;
            }
        }
    }

    private void waitForCompany() throws InterruptedException {
        long end = System.nanoTime() + settings.maxWait().toNanos();
        while (lastBatch > 1 && inputs.size() < Math.min(lastBatch, settings.maxBatch()) && !closed) {
            long leftNanos = end - System.nanoTime();
            if (leftNanos <= 0) {
                return;
            }
            wait(leftNanos / 1_000_000, (int) (leftNanos % 1_000_000));
        }
    }

    private List<PendingInput> gather() {
        List<PendingInput> batch = new ArrayList<>();
        long tokens = 0;
        int longest = 0;
        long now = System.nanoTime();
        Iterator<PendingInput> waiting = inputs.iterator();
        while (waiting.hasNext() && batch.size() < settings.maxBatch()) {
            PendingInput next = waiting.next();
            Optional<WorkerFailure> ended = next.request().ended(now);
            if (ended.isPresent() || next.request().future().isDone()) {
                ended.ifPresent(failure -> next.request().fail(failure.asException()));
                waiting.remove();
                leave(next);
                continue;
            }
            int length = next.input().length();
            long filled = padded ? (long) Math.max(longest, length) * (batch.size() + 1) : tokens + length;
            if (batch.isEmpty() || (sharesBatch(batch.get(0), next) && filled <= settings.tokenBudget())) {
                longest = Math.max(longest, length);
                tokens += length;
                batch.add(next);
                waiting.remove();
                leave(next);
            }
        }
        return batch;
    }

    private boolean sharesBatch(PendingInput first, PendingInput next) {
        return first.request().computation().equals(next.request().computation())
                && (!padded || first.bucket() == next.bucket());
    }

    private void leave(PendingInput input) {
        if (input.request().leftQueue()) {
            waitingRequests--;
        }
    }

    /** Requests that have at least one input waiting. */
    synchronized int waitingRequests() {
        return waitingRequests;
    }

    /** Refuses new requests; what waits is still handed out. */
    synchronized void close() {
        closed = true;
        notifyAll();
    }

    /** Refuses new requests and fails those that wait. */
    synchronized void abort() {
        close();
        WorkerFailure failure = WorkerFailure.of(FailureKind.UNAVAILABLE, "the model is being unloaded");
        for (PendingInput input : inputs) {
            input.request().fail(failure.asException());
        }
        inputs.clear();
        waitingRequests = 0;
    }
}
