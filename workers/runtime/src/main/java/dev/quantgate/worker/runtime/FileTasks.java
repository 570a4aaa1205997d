package dev.quantgate.worker.runtime;

import dev.quantgate.worker.api.CallContext;
import dev.quantgate.worker.api.FailureKind;
import dev.quantgate.worker.api.WorkerException;
import dev.quantgate.worker.api.WorkerFailure;
import dev.quantgate.worker.store.FileMutex;
import dev.quantgate.worker.store.StoreFailure;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.RejectedExecutionException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Runs calls that touch files on their own threads, within the caller's deadline, and names their failures. */
final class FileTasks {
    private static final Logger LOG = LoggerFactory.getLogger(FileTasks.class);

    private final WorkerThreads threads;
    private final Path root;

    FileTasks(WorkerThreads threads, Path root) {
        this.threads = threads;
        this.root = root;
    }

    /** Runs {@code task}; {@code doing} says what it is in failures and logs. */
    <T> CompletableFuture<T> submit(CallContext context, String doing, FileMutex.Action<T> task) {
        var result = new CompletableFuture<T>();
        Deadlines.enforce(context, result, threads.timer());
        try {
            threads.files().execute(() -> run(context, doing, task, result));
        } catch (RejectedExecutionException rejected) {
            result.completeExceptionally(refusal().asException());
        }
        return result;
    }

    private <T> void run(CallContext context, String doing, FileMutex.Action<T> task, CompletableFuture<T> result) {
        if (result.isDone()) {
            return;
        }
        try {
            result.complete(task.run());
        } catch (IOException failed) {
            var translated = StoreFailure.translate(failed, doing, root);
            if (translated.failure().kind() == FailureKind.INTERNAL) {
                log(context, doing, failed);
            }
            result.completeExceptionally(translated);
        } catch (WorkerException planned) {
            result.completeExceptionally(planned);
        } catch (RuntimeException bug) {
            log(context, doing, bug);
            result.completeExceptionally(WorkerFailure.of(FailureKind.INTERNAL, doing + " failed unexpectedly")
                    .asException());
        }
    }

    private WorkerFailure refusal() {
        return threads.files().isShutdown()
                ? WorkerFailure.of(FailureKind.UNAVAILABLE, "the worker stops")
                : WorkerFailure.retry(FailureKind.QUEUE_FULL, "too many calls wait for files", Duration.ofSeconds(1));
    }

    private static void log(CallContext context, String doing, Exception failed) {
        LOG.atError()
                .addKeyValue("requestId", context.requestId())
                .addKeyValue("task", doing)
                .setCause(failed)
                .log("a task on the model store failed unexpectedly");
    }
}
