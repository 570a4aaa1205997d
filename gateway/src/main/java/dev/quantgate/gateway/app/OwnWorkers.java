package dev.quantgate.gateway.app;

import dev.quantgate.gateway.config.BackendConfig;
import dev.quantgate.gateway.config.GatewayConfig;
import dev.quantgate.worker.api.WorkerLauncher;
import dev.quantgate.worker.api.backend.BackendProvider;
import dev.quantgate.worker.api.backend.BackendSettings;
import io.vertx.core.Future;
import java.lang.management.ManagementFactory;
import java.util.ServiceLoader;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/** Starts the workers of this process: one for each backend on the class path that is not switched off. */
final class OwnWorkers {
    /** Stands for workers that were never started. */
    static final WorkerLauncher.Running NONE = limit -> Future.succeededFuture();

    private OwnWorkers() {}

    /** Names of the backends on the class path. */
    static Set<String> backends() {
        var names = new TreeSet<String>();
        ServiceLoader.load(BackendProvider.class).forEach(provider -> names.add(provider.name()));
        return names;
    }

    /** Begins to open them; the caller must put them on a bus. */
    static WorkerLauncher.Opening open(GatewayConfig config) {
        if (!config.workers().embedded()) {
            return vertx -> Future.succeededFuture(NONE);
        }
        return ServiceLoader.load(WorkerLauncher.class)
                .findFirst()
                .map(launcher -> launcher.open(settings(config, backends())))
                .orElse(vertx -> Future.failedFuture(new IllegalStateException(
                        "no worker runtime on the class path (expected: one, or workers.embedded: false)")));
    }

    static WorkerLauncher.Settings settings(GatewayConfig config, Set<String> names) {
        var backends = new TreeMap<String, BackendSettings>();
        for (var name : names) {
            var backend = config.workers().backend(name);
            if (backend.enabled()) {
                backends.put(name, settings(backend));
            }
        }
        return new WorkerLauncher.Settings(
                config.store().root(),
                backends,
                config.workers().idleUnload(),
                config.workers().leaseTtl(),
                config.workers().preload());
    }

    private static BackendSettings settings(BackendConfig backend) {
        return new BackendSettings(
                backend.threads() == 0 ? Runtime.getRuntime().availableProcessors() : backend.threads(),
                backend.memoryBytes() == 0 ? machineMemoryBytes() / 4 * 3 : backend.memoryBytes(),
                backend.contextTokens(),
                backend.sequences(),
                backend.queueCapacity(),
                backend.options());
    }

    private static long machineMemoryBytes() {
        var system = ManagementFactory.getOperatingSystemMXBean();
        return system instanceof com.sun.management.OperatingSystemMXBean machine
                ? machine.getTotalMemorySize()
                : Runtime.getRuntime().maxMemory();
    }
}
