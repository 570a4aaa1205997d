package dev.quantgate.worker.llamacpp.schedule;

import dev.quantgate.worker.api.FailureKind;
import dev.quantgate.worker.api.WorkerFailure;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The one thread that works on a model's native context. It sleeps when there is nothing to compute: requests, credits
 * and cancels wake it.
 */
public final class DecodeLoop {
    private static final Logger LOGGER = LoggerFactory.getLogger(DecodeLoop.class);
    private static final WorkerFailure CLOSED =
            WorkerFailure.of(FailureKind.UNAVAILABLE, "the model is being unloaded");
    private static final WorkerFailure CRASHED = WorkerFailure.retry(
            FailureKind.BACKEND_CRASHED, "native code failed; the request can be sent again", Duration.ofMillis(200));

    private final DecodeEngine engine;
    private final Scheduler scheduler;
    private final AbortGate gate;
    private final LoopStatistics statistics = new LoopStatistics();
    private final Queue<DecodeRequest> arrived = new ConcurrentLinkedQueue<>();
    private final Queue<SideTask> arrivedTasks = new ConcurrentLinkedQueue<>();
    private final Queue<SideTask> tasks = new ArrayDeque<>();
    private final Thread thread;
    private volatile boolean closing;
    private volatile boolean aborting;
    private volatile boolean terminated;

    /**
     * Takes over the engine, and the model that guesses for it if there is one, whose native contexts only the new thread
     * may use from here on; it closes them as well.
     */
    public DecodeLoop(String threadName, DecodeEngine engine, @Nullable DraftModel draftModel, LoopSettings settings) {
        this.engine = engine;
        gate = new AbortGate(engine);
        scheduler = new Scheduler(engine, draftModel, settings, gate, statistics);
        thread = new Thread(this::run, threadName);
        thread.setDaemon(true);
        thread.start();
    }

    /** Takes a request; its outlet hears of everything that follows, also when the loop has ended. */
    public void submit(DecodeRequest request) {
        arrived.add(request);
        wake();
        if (terminated) {
            refuseArrived();
        }
    }

    /** Takes other work for the loop's thread. */
    public void execute(SideTask task) {
        arrivedTasks.add(task);
        wake();
        if (terminated) {
            refuseArrived();
        }
    }

    /** Gives a request up; stops a step that computes its prompt. Any thread may call it, at any time. */
    public void cancel(DecodeRequest request) {
        gate.cancel(request);
        wake();
    }

    /** Makes the loop look again, for instance because a receiver granted credit. */
    public void wake() {
        LockSupport.unpark(thread);
    }

    public Map<String, Double> statistics() {
        return statistics.snapshot(engine.kvTokens());
    }

    /** Ends after the requests that are here; blocks until the native context is closed. */
    public void close() {
        closing = true;
        wake();
        var interrupted = false;
        while (thread.isAlive()) {
            try {
                thread.join();
            } catch (InterruptedException e) {
                // Native memory must not be freed under a running step, so an impatient caller waits all the same.
                abort();
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    /** Ends running requests with UNAVAILABLE now. */
    public void abort() {
        aborting = true;
        gate.shutDown();
        wake();
    }

    private void run() {
        try {
            while (!aborting && !(closing && scheduler.idle() && tasks.isEmpty() && nothingArrived())) {
                takeArrived();
                var worked = round();
                worked |= sideStep();
                if (!worked && nothingArrived() && !aborting && !(closing && scheduler.idle())) {
                    sleep();
                }
            }
        } catch (RuntimeException e) {
            LOGGER.atError().setCause(e).log("the decode loop ended");
        } finally {
            end();
        }
    }

    private void end() {
        takeArrived();
        scheduler.failAll(CLOSED);
        tasks.forEach(task -> task.fail(CLOSED));
        tasks.clear();
        scheduler.close();
        engine.close();
        terminated = true;
        refuseArrived();
    }

    private boolean round() {
        try {
            return scheduler.round();
        } catch (RuntimeException e) {
            LOGGER.atError().setCause(e).log("native decoding failed, making a new context");
            scheduler.crashed(CRASHED);
            return true;
        }
    }

    private boolean sideStep() {
        var task = tasks.peek();
        if (task == null) {
            return false;
        }
        if (task.step()) {
            tasks.remove();
        }
        return true;
    }

    private void sleep() {
        var nanos = scheduler.nanosToDeadline();
        if (nanos == Long.MAX_VALUE) {
            LockSupport.park(this);
        } else if (nanos > 0) {
            LockSupport.parkNanos(this, nanos);
        }
    }

    private boolean nothingArrived() {
        return arrived.isEmpty() && arrivedTasks.isEmpty();
    }

    private void takeArrived() {
        for (var request = arrived.poll(); request != null; request = arrived.poll()) {
            scheduler.enqueue(request);
        }
        for (var task = arrivedTasks.poll(); task != null; task = arrivedTasks.poll()) {
            tasks.add(task);
        }
    }

    private void refuseArrived() {
        for (var request = arrived.poll(); request != null; request = arrived.poll()) {
            request.outlet().fail(CLOSED);
        }
        for (var task = arrivedTasks.poll(); task != null; task = arrivedTasks.poll()) {
            task.fail(CLOSED);
        }
    }
}
