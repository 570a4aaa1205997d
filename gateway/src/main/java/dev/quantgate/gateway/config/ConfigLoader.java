package dev.quantgate.gateway.config;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.snakeyaml.engine.v2.api.Load;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.exceptions.YamlEngineException;

/** Reads the configuration. A key that nobody knows is an error, wherever it stands. */
public final class ConfigLoader {
    private static final List<String> SECTIONS =
            List.of("server", "tls", "limits", "cluster", "workers", "store", "logging");

    private ConfigLoader() {}

    /**
     * Reads the configuration.
     *
     * @param file a YAML file, or empty for none
     * @param environment such as {@link System#getenv()}: {@code QUANTGATE_SERVER_PORT} sets {@code server.port},
     *     {@code QUANTGATE_HOME} the store's default root
     * @param overrides dotted keys with values; they win over environment and file
     * @param backends names of the backends on the class path, so that the environment can set theirs
     * @throws ConfigException if a key is unknown or a value is not what it must be
     */
    public static GatewayConfig load(
            Optional<Path> file, Map<String, String> environment, Map<String, String> overrides, Set<String> backends) {
        var sources = new Sources(overrides, environment);
        var tree = file.map(ConfigLoader::parse).orElse(Map.of());
        var root = new Section(sources, "", tree);
        var config = new GatewayConfig(
                ServerConfig.read(root.section("server")),
                TlsConfig.read(root.section("tls")),
                LimitsConfig.read(root.section("limits")),
                ClusterConfig.read(root.section("cluster")),
                WorkersConfig.read(root.section("workers"), backends),
                StoreConfig.read(root.section("store"), home(environment)),
                LoggingConfig.read(root.section("logging")));
        refuseUnknown(tree, "", sources);
        sources.refuseUnknown(SECTIONS);
        return config;
    }

    /** The product's folder: {@code QUANTGATE_HOME}, or {@code .quantgate} in the user's home. */
    public static Path home(Map<String, String> environment) {
        var given = environment.getOrDefault("QUANTGATE_HOME", "");
        return given.isEmpty()
                ? Path.of(System.getProperty("user.home"), ".quantgate")
                : Require.path("QUANTGATE_HOME", given);
    }

    private static Map<?, ?> parse(Path file) {
        try (var reader = Files.newBufferedReader(file)) {
            var settings = LoadSettings.builder()
                    .setLabel(file.getFileName().toString())
                    .setAllowDuplicateKeys(false)
                    .build();
            var tree = new Load(settings).loadFromReader(reader);
            if (tree == null) {
                return Map.of();
            }
            if (tree instanceof Map<?, ?> map) {
                return map;
            }
            throw new ConfigException(file + ": no keys (expected: a YAML mapping)");
        } catch (IOException unreadable) {
            throw new ConfigException(file + ": cannot be read (expected: a readable YAML file in UTF-8)");
        } catch (YamlEngineException malformed) {
            if (malformed.getCause() instanceof IOException) {
                throw new ConfigException(file + ": cannot be read (expected: a readable YAML file in UTF-8)");
            }
            throw new ConfigException(file + ": " + malformed.getMessage());
        }
    }

    private static void refuseUnknown(Map<?, ?> tree, String path, Sources sources) {
        tree.forEach((name, value) -> {
            var key = path + name;
            if (!sources.known().contains(key)) {
                throw Sources.unknown(key, key, siblings(path, sources.known()));
            }
            var open = key.endsWith(".options");
            if (value instanceof Map<?, ?> below && !open) {
                refuseUnknown(below, key + ".", sources);
            }
        });
    }

    private static Set<String> siblings(String path, Set<String> known) {
        var found = new TreeSet<String>();
        known.stream().filter(key -> key.startsWith(path)).forEach(found::add);
        return found;
    }
}
