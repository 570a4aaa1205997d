package dev.quantgate.gateway.cli;

import dev.quantgate.gateway.app.GatewayServer;
import dev.quantgate.gateway.app.GatewayStartException;
import java.util.LinkedHashMap;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code quantgate worker}: workers in a process of their own. */
@Command(
        name = "worker",
        mixinStandardHelpOptions = true,
        description = "Start workers that serve a gateway in another process.")
final class WorkerCommand implements Callable<Integer> {
    @Mixin
    private ConfigFlags flags = new ConfigFlags();

    @Option(names = "--join", required = true, paramLabel = "HOST:PORT", description = "Cluster port of the gateway.")
    private String join = "";

    @Option(names = "--host", description = "Address to bind on this host. Default 127.0.0.1.")
    private @Nullable String host;

    @Override
    public Integer call() {
        var overrides = new LinkedHashMap<String, String>();
        overrides.put("workers.embedded", "true");
        if (host != null) {
            overrides.put("cluster.host", host);
        }
        try {
            GatewayServer.work(flags.configuration(overrides), join);
            return ExitCodes.OK;
        } catch (GatewayStartException planned) {
            throw new CliException(ExitCodes.UNAVAILABLE, String.valueOf(planned.getMessage()));
        }
    }
}
