package dev.quantgate.gateway.app;

import dev.quantgate.gateway.config.GatewayConfig;
import dev.quantgate.gateway.config.TlsConfig;
import io.vertx.core.http.ClientAuth;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.net.PemKeyCertOptions;
import io.vertx.core.net.PemTrustOptions;
import java.util.concurrent.TimeUnit;

/** The configuration of the port as Vert.x wants it. */
final class PortOptions {
    /** A busy gateway's clients cancel often; a flood is more than a hundred resets each second. */
    private static final int RESETS_PER_MINUTE = 6_000;

    private PortOptions() {}

    static HttpServerOptions of(GatewayConfig config, int port) {
        var server = config.server();
        var limits = config.limits();
        var options = new HttpServerOptions()
                .setHost(server.host())
                .setPort(port)
                .setMaxHeaderSize(Math.toIntExact(limits.headerBytes()))
                .setHttp2RstFloodMaxRstFramePerWindow(RESETS_PER_MINUTE)
                .setHttp2RstFloodWindowDuration(60)
                .setHttp2RstFloodWindowDurationTimeUnit(TimeUnit.SECONDS)
                .setIdleTimeoutUnit(TimeUnit.MILLISECONDS)
                .setIdleTimeout(Math.toIntExact(
                        Math.min(Integer.MAX_VALUE, server.idleTimeout().toMillis())));
        options.getInitialSettings()
                .setMaxConcurrentStreams(limits.streamsPerConnection())
                .setMaxHeaderListSize(limits.headerBytes());
        if (config.tls().enabled()) {
            secure(options, config.tls());
        }
        return options;
    }

    private static void secure(HttpServerOptions options, TlsConfig tls) {
        options.setSsl(true)
                .setUseAlpn(true)
                .setKeyCertOptions(
                        new PemKeyCertOptions().setCertPath(tls.certificate()).setKeyPath(tls.privateKey()));
        if (!tls.clientCa().isEmpty()) {
            options.setClientAuth(ClientAuth.REQUIRED)
                    .setTrustOptions(new PemTrustOptions().addCertPath(tls.clientCa()));
        }
    }
}
