package dev.quantgate.gateway.cli;

import dev.quantgate.gateway.app.GatewayServer;
import dev.quantgate.gateway.app.GatewayStartException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code quantgate serve}: a gateway that runs until it is told to stop. */
@Command(
        name = "serve",
        mixinStandardHelpOptions = true,
        description = "Start a gateway. SIGTERM lets running requests finish.")
final class ServeCommand implements Callable<Integer> {
    @Mixin
    private ConfigFlags flags = new ConfigFlags();

    @Option(names = "--host", description = "Address to bind. Default 127.0.0.1.")
    private @Nullable String host;

    @Option(names = "--port", description = "Port for gRPC and HTTP; 0 takes a free one. Default 8000.")
    private @Nullable Integer port;

    @Option(
            names = "--port-file",
            paramLabel = "FILE",
            description = "Write the port to FILE once the gateway is ready.")
    private @Nullable Path portFile;

    @Option(names = "--cluster-port", paramLabel = "PORT", description = "Let worker processes join on this port.")
    private @Nullable Integer clusterPort;

    @Option(
            names = "--load",
            paramLabel = "MODEL",
            description = "Load a model, or MODEL:VARIANT, while the gateway starts. May be repeated.")
    private List<String> load = List.of();

    @Option(names = "--no-local-workers", description = "Serve through joined worker processes only.")
    private boolean noLocalWorkers;

    @Override
    public Integer call() {
        try {
            GatewayServer.serve(flags.configuration(overrides()), gateway -> {
                if (portFile != null) {
                    publish(portFile, gateway.port());
                }
            });
        } catch (GatewayStartException planned) {
            throw new CliException(ExitCodes.FAILED, String.valueOf(planned.getMessage()));
        }
        return ExitCodes.OK;
    }

    private Map<String, String> overrides() {
        var overrides = new LinkedHashMap<String, String>();
        if (host != null) {
            overrides.put("server.host", host);
        }
        if (port != null) {
            overrides.put("server.port", port.toString());
        }
        if (clusterPort != null) {
            overrides.put("cluster.enabled", "true");
            overrides.put("cluster.port", clusterPort.toString());
        }
        if (!load.isEmpty()) {
            overrides.put("workers.preload", String.join(",", load));
        }
        if (noLocalWorkers) {
            overrides.put("workers.embedded", "false");
        }
        return overrides;
    }

    /** A reader sees the whole number or no file. */
    private static void publish(Path file, int port) {
        var part = file.resolveSibling(file.getFileName() + ".part");
        try {
            Files.writeString(part, Integer.toString(port));
            Files.move(part, file, StandardCopyOption.ATOMIC_MOVE);
        } catch (IOException failed) {
            throw new UncheckedIOException("--port-file: " + file + " cannot be written", failed);
        }
    }
}
