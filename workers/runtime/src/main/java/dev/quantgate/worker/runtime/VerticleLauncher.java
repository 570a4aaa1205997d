package dev.quantgate.worker.runtime;

import dev.quantgate.worker.api.FailureKind;
import dev.quantgate.worker.api.WorkerFailure;
import dev.quantgate.worker.api.WorkerLauncher;
import dev.quantgate.worker.api.backend.BackendProvider;
import dev.quantgate.worker.api.backend.BackendSettings;
import dev.quantgate.worker.store.ModelStore;
import io.vertx.core.DeploymentOptions;
import io.vertx.core.Future;
import io.vertx.core.ThreadingModel;
import io.vertx.core.Vertx;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.ServiceLoader;
import java.util.TreeMap;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Opens one {@link LocalWorker} for each backend that the settings name and the class path has, and puts each on the bus
 * in a {@link WorkerVerticle}.
 */
public final class VerticleLauncher implements WorkerLauncher {
    private static final Logger LOG = LoggerFactory.getLogger(VerticleLauncher.class);

    @Override
    public Opening open(Settings settings) {
        var workers = new CompletableFuture<List<LocalWorker>>();
        var thread = new Thread(
                () -> {
                    try {
                        workers.complete(openAll(settings));
                    } catch (RuntimeException | LinkageError failed) {
                        workers.completeExceptionally(failed);
                    }
                },
                "worker-open");
        thread.setDaemon(true);
        thread.start();
        return vertx -> Future.fromCompletionStage(workers, vertx.getOrCreateContext())
                .compose(opened -> deploy(vertx, opened));
    }

    private static Future<Running> deploy(Vertx vertx, List<LocalWorker> workers) {
        var verticles = workers.stream().map(WorkerVerticle::new).toList();
        var deployments = verticles.stream()
                .map(verticle -> vertx.deployVerticle(
                        verticle, new DeploymentOptions().setThreadingModel(ThreadingModel.EVENT_LOOP)))
                .toList();
        return Future.join(deployments)
                .<Running>map(all -> new Started(
                        vertx,
                        verticles,
                        deployments.stream().map(Future::result).toList()))
                .recover(failed -> undeploy(
                                vertx,
                                deployments.stream()
                                        .filter(Future::succeeded)
                                        .map(Future::result)
                                        .toList())
                        .transform(undeployed -> Future.failedFuture(failed)));
    }

    private static List<LocalWorker> openAll(Settings settings) {
        var store = ModelStore.open(settings.storeRoot());
        var providers = providers();
        for (var name : settings.backends().keySet()) {
            if (!providers.containsKey(name)) {
                throw WorkerFailure.of(
                                FailureKind.UNSUPPORTED,
                                "backend " + name + " is not installed (expected: one of " + providers.keySet() + ")")
                        .asException();
            }
        }
        settings.preload().stream()
                .filter(ref -> !store.folder(ref.model()).hasModel())
                .forEach(ref -> LOG.atWarn()
                        .addKeyValue("modelId", ref)
                        .log("a model that is to be loaded at the start is not in the store"));
        var workers = new ArrayList<LocalWorker>();
        try {
            providers.forEach((name, provider) -> {
                var backend = settings.backends().get(name);
                if (backend != null) {
                    workers.add(open(provider, backend, store, settings));
                }
            });
        } catch (RuntimeException | LinkageError failed) {
            workers.forEach(LocalWorker::close);
            throw failed;
        }
        return workers;
    }

    private static LocalWorker open(
            BackendProvider provider, BackendSettings backend, ModelStore store, Settings settings) {
        var id = provider.name() + "-" + ProcessHandle.current().pid() + "-"
                + UUID.randomUUID().toString().substring(0, 8);
        var worker = new LocalWorker(id, provider.create(backend), store, settings.idleUnload(), settings.leaseTtl());
        // Not waited for: the port opens while the model loads, and whoever asks for it joins the load.
        settings.preload().forEach(worker::preload);
        return worker;
    }

    private static Map<String, BackendProvider> providers() {
        var providers = new TreeMap<String, BackendProvider>();
        for (var provider : ServiceLoader.load(BackendProvider.class, VerticleLauncher.class.getClassLoader())) {
            providers.put(provider.name(), provider);
        }
        return providers;
    }

    private static Future<?> undeploy(Vertx vertx, List<String> ids) {
        return Future.join(ids.stream().map(vertx::undeploy).toList());
    }

    /** Verticles that run, with the ids of their deployments. */
    private record Started(Vertx vertx, List<WorkerVerticle> verticles, List<String> ids) implements Running {
        @Override
        public Future<Void> stop(Duration limit) {
            var drained = Future.join(
                    verticles.stream().map(verticle -> verticle.drain(limit)).toList());
            return drained.transform(anyway -> undeploy(vertx, ids)).mapEmpty();
        }
    }
}
