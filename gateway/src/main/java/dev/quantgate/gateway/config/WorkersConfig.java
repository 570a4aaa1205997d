package dev.quantgate.gateway.config;

import dev.quantgate.worker.api.ModelRef;
import dev.quantgate.worker.api.WorkerException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * The workers inside the gateway's process.
 *
 * @param embedded whether there are any; without them worker processes have to join
 * @param idleUnload unloads a model that nobody has used for so long; zero keeps models
 * @param leaseTtl how long ownership of a model's state outlives its owner's last sign of life
 * @param preload models to load when the workers start, as {@code model} or {@code model:variant}
 * @param defaults settings of every backend that has none of its own
 * @param backends settings by backend name; a backend that is not named gets the defaults
 */
public record WorkersConfig(
        boolean embedded,
        Duration idleUnload,
        Duration leaseTtl,
        List<ModelRef> preload,
        BackendConfig defaults,
        Map<String, BackendConfig> backends) {
    public static final WorkersConfig DEFAULT =
            new WorkersConfig(true, Duration.ZERO, Duration.ofSeconds(10), List.of(), BackendConfig.DEFAULT, Map.of());

    public WorkersConfig {
        Require.notNegative("workers.idle_unload", idleUnload);
        if (leaseTtl.compareTo(Duration.ofSeconds(1)) < 0) {
            throw new ConfigException("workers.lease_ttl: " + leaseTtl.toMillis() + "ms (expected: >= 1s)");
        }
        preload = List.copyOf(preload);
        backends = Map.copyOf(backends);
    }

    /** The settings of a backend. */
    public BackendConfig backend(String name) {
        return backends.getOrDefault(name, defaults);
    }

    private static ModelRef model(String key, String name) {
        var cut = name.indexOf(':');
        try {
            return cut < 0 ? ModelRef.of(name) : ModelRef.of(name.substring(0, cut), name.substring(cut + 1));
        } catch (WorkerException malformed) {
            throw new ConfigException(key + ": " + name + " (expected: model or model:variant)");
        }
    }

    static WorkersConfig read(Section section, Iterable<String> knownBackends) {
        var defaults = BackendConfig.read(section.section("defaults"), BackendConfig.DEFAULT);
        var each = section.section("backends");
        var backends = new TreeMap<String, BackendConfig>();
        each.names(knownBackends).forEach(name -> backends.put(name, BackendConfig.read(each.section(name), defaults)));
        return new WorkersConfig(
                section.bool("embedded", DEFAULT.embedded),
                section.duration("idle_unload", DEFAULT.idleUnload),
                section.duration("lease_ttl", DEFAULT.leaseTtl),
                section.texts("preload", List.of()).stream()
                        .map(name -> model(section.pathOf("preload"), name))
                        .toList(),
                defaults,
                backends);
    }
}
