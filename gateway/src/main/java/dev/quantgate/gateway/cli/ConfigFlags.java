package dev.quantgate.gateway.cli;

import dev.quantgate.gateway.app.EmbeddedGateway;
import dev.quantgate.gateway.config.ConfigException;
import dev.quantgate.gateway.config.GatewayConfig;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Flags of the commands that start a gateway or workers. */
final class ConfigFlags {
    @Option(
            names = "--config",
            paramLabel = "FILE",
            defaultValue = "${env:QUANTGATE_CONFIG}",
            description = "YAML file; config/quantgate.yaml lists every key.")
    private @Nullable Path file;

    @Option(
            names = "--set",
            paramLabel = "KEY=VALUE",
            description = "Set one key, such as --set workers.defaults.threads=2.")
    private Map<String, String> settings = new LinkedHashMap<>();

    /** The configuration, with what a command's own flags say on top. */
    GatewayConfig configuration(Map<String, String> flags) {
        var overrides = new LinkedHashMap<>(settings);
        overrides.putAll(flags);
        try {
            return EmbeddedGateway.configuration(Optional.ofNullable(file), System.getenv(), overrides);
        } catch (ConfigException wrong) {
            throw new CliException(ExitCodes.USAGE, String.valueOf(wrong.getMessage()));
        }
    }
}
