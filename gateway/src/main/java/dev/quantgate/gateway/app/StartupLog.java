package dev.quantgate.gateway.app;

import dev.quantgate.gateway.config.GatewayConfig;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What a gateway says of itself when it starts. The configuration shows no secrets, only how many keys there are. */
final class StartupLog {
    private static final Logger LOG = LoggerFactory.getLogger("dev.quantgate.gateway");

    private StartupLog() {}

    /** Logs the configuration beside the start: the first log line of a process costs a fifth of it. */
    static void effective(GatewayConfig config) {
        var thread = new Thread(() -> logEffective(config), "quantgate-startup-log");
        thread.setDaemon(true);
        thread.start();
    }

    private static void logEffective(GatewayConfig config) {
        LOG.atInfo()
                .addKeyValue("server", config.server())
                .addKeyValue("tls", config.tls())
                .addKeyValue("limits", config.limits())
                .addKeyValue("cluster", config.cluster())
                .addKeyValue("workers", config.workers())
                .addKeyValue("store", config.store())
                .addKeyValue("logging", config.logging())
                .log("Effective configuration");
        warnings(config)
                .forEach(warning ->
                        LOG.atWarn().addKeyValue("host", config.server().host()).log(warning));
    }

    /** What is risky about a port that other hosts reach. */
    static List<String> warnings(GatewayConfig config) {
        var warnings = new ArrayList<String>();
        if (!Cluster.isLoopback(config.server().host())) {
            if (!config.server().apiKeys().areRequired()
                    && config.tls().clientCa().isEmpty()) {
                warnings.add("The gateway is open to other hosts and asks for no API key: whoever reaches the port can "
                        + "use it; set server.api_keys or server.api_keys_file");
            }
            if (!config.tls().enabled()) {
                warnings.add("The gateway is open to other hosts without TLS: texts and keys can be read on their way");
            }
        }
        return warnings;
    }

    static void listening(GatewayConfig config, RunningGateway gateway) {
        LOG.atInfo()
                .addKeyValue("host", config.server().host())
                .addKeyValue("port", gateway.port())
                .addKeyValue("millisSinceStart", millisSinceStart())
                .log("Gateway listens");
    }

    static void clustered(GatewayConfig config, int port) {
        LOG.atInfo()
                .addKeyValue("host", config.cluster().host())
                .addKeyValue("port", port)
                .log("Worker processes may join");
        if (!Cluster.isLoopback(config.cluster().host())) {
            LOG.atWarn()
                    .addKeyValue("host", config.cluster().host())
                    .log("The cluster port is open to other hosts and not encrypted: keep it inside a trusted network");
        }
    }

    static void workersFailed(Throwable cause) {
        LOG.atError()
                .setCause(cause)
                .log("The workers of this process cannot start; the gateway serves those that join");
    }

    static void gatewayGone(String address) {
        LOG.atWarn().addKeyValue("gateway", address).log("The gateway is gone; the workers stop");
    }

    static void closeFailed(Exception failure) {
        LOG.atWarn().setCause(failure).log("The process could not close in order");
    }

    /** Asks the process, because asking the JVM's management beans would load them at every start. */
    private static long millisSinceStart() {
        var now = Instant.now();
        var started = ProcessHandle.current().info().startInstant().orElse(now);
        return Duration.between(started, now).toMillis();
    }
}
