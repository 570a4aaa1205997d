package dev.quantgate.gateway.config;

import java.nio.file.Path;

/**
 * The whole configuration; {@link ConfigLoader} reads it.
 *
 * @param server where the gateway listens
 * @param tls TLS on its port
 * @param limits what one client may ask for
 * @param cluster worker processes beside the gateway's own
 * @param workers the workers inside the gateway's process
 * @param store their model store
 * @param logging what is logged
 */
public record GatewayConfig(
        ServerConfig server,
        TlsConfig tls,
        LimitsConfig limits,
        ClusterConfig cluster,
        WorkersConfig workers,
        StoreConfig store,
        LoggingConfig logging) {

    /** What a gateway does that is told nothing. */
    public static GatewayConfig defaults(Path storeRoot) {
        return new GatewayConfig(
                ServerConfig.DEFAULT,
                TlsConfig.DEFAULT,
                LimitsConfig.DEFAULT,
                ClusterConfig.DEFAULT,
                WorkersConfig.DEFAULT,
                new StoreConfig(storeRoot),
                LoggingConfig.DEFAULT);
    }
}
