package dev.quantgate.gateway.cli;

import dev.quantgate.gateway.app.GatewayStartException;
import dev.quantgate.worker.api.WorkerFailure;
import io.vertx.core.Future;
import java.util.concurrent.CompletionException;

/** Waits for what the event loops do. */
final class Await {
    private Await() {}

    /** The result, or the reason for people why there is none. */
    static <T> T started(Future<T> future) {
        try {
            return future.toCompletionStage().toCompletableFuture().join();
        } catch (CompletionException failed) {
            if (failed.getCause() instanceof GatewayStartException planned) {
                throw new CliException(ExitCodes.FAILED, String.valueOf(planned.getMessage()));
            }
            var planned = WorkerFailure.find(failed);
            if (planned.isPresent()) {
                throw new CliException(ExitCodes.FAILED, planned.get().message());
            }
            throw failed;
        }
    }

    static void done(Future<?> future) {
        future.toCompletionStage().toCompletableFuture().join();
    }
}
