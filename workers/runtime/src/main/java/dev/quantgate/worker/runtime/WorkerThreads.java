package dev.quantgate.worker.runtime;

import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * The threads of one worker, none of them an event loop.
 *
 * @param files short tasks on files; refuses more than {@link #MAX_WAITING} that wait
 * @param loads one model after the other: loading takes all cores, and memory is checked without races
 * @param jobs operations and closing of models, one thread each
 * @param timer deadlines and ticks; never blocked
 */
record WorkerThreads(ExecutorService files, ExecutorService loads, ExecutorService jobs, ScheduledExecutorService timer)
        implements AutoCloseable {
    private static final int FILE_THREADS = 4;
    private static final int MAX_WAITING = 1024;
    private static final int IDLE_SECONDS = 30;

    static WorkerThreads start(String name) {
        var files = new ThreadPoolExecutor(
                FILE_THREADS,
                FILE_THREADS,
                IDLE_SECONDS,
                TimeUnit.SECONDS,
                new LinkedBlockingQueue<>(MAX_WAITING),
                named("store-" + name));
        files.allowCoreThreadTimeOut(true);
        var timer = new ScheduledThreadPoolExecutor(1, named("timer-" + name));
        timer.setRemoveOnCancelPolicy(true);
        return new WorkerThreads(
                files,
                Executors.newSingleThreadExecutor(named("loader-" + name)),
                Executors.newCachedThreadPool(named("job-" + name)),
                timer);
    }

    /** Lets running tasks end and starts no new ones; never interrupts, which would break files in use. */
    @Override
    public void close() {
        timer.shutdown();
        files.shutdown();
        loads.shutdown();
        jobs.shutdown();
    }

    /** True if everything has ended within {@code seconds}. */
    boolean await(long seconds) throws InterruptedException {
        return files.awaitTermination(seconds, TimeUnit.SECONDS)
                && loads.awaitTermination(seconds, TimeUnit.SECONDS)
                && jobs.awaitTermination(seconds, TimeUnit.SECONDS);
    }

    private static ThreadFactory named(String name) {
        var count = new AtomicInteger();
        return task -> {
            var thread = new Thread(task, name + "-" + count.incrementAndGet());
            thread.setDaemon(true);
            return thread;
        };
    }
}
