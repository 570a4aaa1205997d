package dev.quantgate.worker.runtime;

import dev.quantgate.worker.api.CallContext;
import dev.quantgate.worker.bus.WorkerEndpoint;
import io.vertx.core.Future;
import io.vertx.core.VerticleBase;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * One worker on the event bus; owns it. It stays on the event loop, so that a cancel is never behind the work it stops;
 * files and native code have threads of their own.
 */
final class WorkerVerticle extends VerticleBase {
    private final LocalWorker worker;
    private @Nullable WorkerEndpoint endpoint;

    WorkerVerticle(LocalWorker worker) {
        this.worker = worker;
    }

    @Override
    public Future<?> start() {
        return WorkerEndpoint.serve(vertx, worker)
                .onSuccess(served -> endpoint = served)
                .recover(failed -> stop().transform(stopped -> Future.failedFuture(failed)));
    }

    @Override
    public Future<?> stop() {
        var served = endpoint;
        var left = served == null ? Future.<Void>succeededFuture() : served.close();
        return left.eventually(() -> context.<Void>executeBlocking(
                () -> {
                    worker.close();
                    return null;
                },
                false));
    }

    /** Takes nothing new and waits for running requests; the number of those that are left. */
    Future<Integer> drain(Duration limit) {
        return Future.fromCompletionStage(worker.drain(limit, CallContext.of("stop")), context);
    }
}
