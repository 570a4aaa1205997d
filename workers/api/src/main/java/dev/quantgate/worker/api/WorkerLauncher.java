package dev.quantgate.worker.api;

import dev.quantgate.worker.api.backend.BackendSettings;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/**
 * Starts workers inside a Vert.x instance; found by {@link java.util.ServiceLoader}, so that the gateway needs no
 * worker code at compile time.
 */
public interface WorkerLauncher {
    /**
     * Begins to open one worker for each backend named in the settings, on a thread of its own; all share the store at
     * its root. Needs no Vert.x yet, which can come up meanwhile.
     */
    Opening open(Settings settings);

    /** Workers that are open soon, and that nobody can reach yet. */
    @FunctionalInterface
    interface Opening {
        /** Puts each worker on the bus in a verticle of its own, once they are open; to be called once. */
        Future<Running> start(Vertx vertx);
    }

    /**
     * What to start.
     *
     * @param storeRoot root folder of the model store; made if it is missing
     * @param backends backend name to its settings; each must be on the class path
     * @param idleUnload unload a model that nobody has used for so long; zero keeps models
     * @param leaseTtl how long ownership of a model's state outlives its owner's last sign of life
     * @param preload models to load before anybody asks; one that the store does not have is no failure
     */
    record Settings(
            Path storeRoot,
            Map<String, BackendSettings> backends,
            java.time.Duration idleUnload,
            java.time.Duration leaseTtl,
            List<ModelRef> preload) {
        public Settings {
            backends = Map.copyOf(backends);
            preload = List.copyOf(preload);
        }
    }

    /** Workers that run. */
    interface Running {
        /** Takes nothing new, waits for running requests at most {@code limit}, closes backends and store. */
        Future<Void> stop(java.time.Duration limit);
    }
}
