package dev.quantgate.worker.runtime;

import dev.quantgate.worker.api.FailureKind;
import dev.quantgate.worker.api.WorkerFailure;
import dev.quantgate.worker.api.WorkerLauncher;
import dev.quantgate.worker.api.backend.BackendProvider;
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
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Starts one {@link WorkerVerticle} for each backend that the settings name and the class path has. */
public final class VerticleLauncher implements WorkerLauncher {
    private static final Logger LOG = LoggerFactory.getLogger(VerticleLauncher.class);

    @Override
    public Future<Running> start(Vertx vertx, Settings settings) {
        return vertx.executeBlocking(() -> verticles(settings), false).compose(verticles -> {
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
        });
    }

    private static List<WorkerVerticle> verticles(Settings settings) {
        var store = ModelStore.open(settings.storeRoot());
        var providers = providers();
        var verticles = new ArrayList<WorkerVerticle>();
        settings.preload().stream()
                .filter(ref -> !store.folder(ref.model()).hasModel())
                .forEach(ref -> LOG.atWarn()
                        .addKeyValue("modelId", ref)
                        .log("a model that is to be loaded at the start is not in the store"));
        new TreeMap<>(settings.backends()).forEach((name, backend) -> {
            var provider = providers.get(name);
            if (provider == null) {
                throw WorkerFailure.of(
                                FailureKind.UNSUPPORTED,
                                "backend " + name + " is not installed (expected: one of " + providers.keySet() + ")")
                        .asException();
            }
            verticles.add(new WorkerVerticle(provider, backend, store, settings));
        });
        return verticles;
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
