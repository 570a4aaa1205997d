package dev.quantgate.worker.runtime;

import dev.quantgate.worker.api.CallContext;
import dev.quantgate.worker.api.FailureKind;
import dev.quantgate.worker.api.WorkerFailure;
import dev.quantgate.worker.api.WorkerLauncher;
import dev.quantgate.worker.api.backend.BackendProvider;
import dev.quantgate.worker.api.backend.BackendSettings;
import dev.quantgate.worker.bus.WorkerEndpoint;
import dev.quantgate.worker.store.ModelStore;
import io.vertx.core.Future;
import io.vertx.core.VerticleBase;
import java.time.Duration;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * One backend on the event bus. It stays on the event loop, so that a cancel is never behind the work it stops; files
 * and native code have threads of their own.
 */
final class WorkerVerticle extends VerticleBase {
    private final BackendProvider provider;
    private final BackendSettings settings;
    private final ModelStore store;
    private final WorkerLauncher.Settings launch;
    private @Nullable LocalWorker worker;
    private @Nullable WorkerEndpoint endpoint;

    WorkerVerticle(
            BackendProvider provider, BackendSettings settings, ModelStore store, WorkerLauncher.Settings launch) {
        this.provider = provider;
        this.settings = settings;
        this.store = store;
        this.launch = launch;
    }

    @Override
    public Future<?> start() {
        return context.<LocalWorker>executeBlocking(this::open, false)
                .compose(opened -> {
                    worker = opened;
                    return WorkerEndpoint.serve(vertx, opened);
                })
                .onSuccess(served -> endpoint = served)
                .recover(failed -> stop().transform(stopped -> Future.failedFuture(failed)));
    }

    @Override
    public Future<?> stop() {
        var served = endpoint;
        var opened = worker;
        var left = served == null ? Future.<Void>succeededFuture() : served.close();
        return left.eventually(() -> opened == null
                ? Future.succeededFuture()
                : context.<Void>executeBlocking(
                        () -> {
                            opened.close();
                            return null;
                        },
                        false));
    }

    /** Takes nothing new and waits for running requests; the number of those that are left. */
    Future<Integer> drain(Duration limit) {
        var opened = worker;
        if (opened == null) {
            return Future.failedFuture(WorkerFailure.of(FailureKind.UNAVAILABLE, "the worker has not started")
                    .asException());
        }
        return Future.fromCompletionStage(opened.drain(limit, CallContext.of("stop")), context);
    }

    private LocalWorker open() {
        var id = provider.name() + "-" + ProcessHandle.current().pid() + "-"
                + UUID.randomUUID().toString().substring(0, 8);
        var opened = new LocalWorker(id, provider.create(settings), store, launch.idleUnload(), launch.leaseTtl());
        // Not waited for: the port opens while the model loads, and whoever asks for it joins the load.
        launch.preload().forEach(opened::preload);
        return opened;
    }
}
