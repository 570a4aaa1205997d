package dev.quantgate.worker.runtime;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Waits with a limit for what has to end before a worker may go. */
final class Shutdown {
    private static final Logger LOG = LoggerFactory.getLogger(Shutdown.class);
    private static final long LIMIT_SECONDS = 10;

    private Shutdown() {}

    static void await(CompletableFuture<?> end) {
        try {
            end.get(LIMIT_SECONDS, TimeUnit.SECONDS);
        } catch (TimeoutException late) {
            LOG.atWarn().log("models are still in use; they are left to the end of the process");
        } catch (ExecutionException failed) {
            LOG.atWarn().setCause(failed).log("models could not be closed");
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    static void await(WorkerThreads threads) {
        try {
            if (!threads.await(LIMIT_SECONDS)) {
                LOG.atWarn().log("tasks of a worker still run; they are left to the end of the process");
            }
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}
