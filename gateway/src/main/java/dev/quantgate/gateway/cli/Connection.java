package dev.quantgate.gateway.cli;

import io.grpc.Channel;
import io.grpc.ClientInterceptors;
import io.grpc.Metadata;
import io.grpc.StatusRuntimeException;
import io.grpc.health.v1.HealthCheckRequest;
import io.grpc.health.v1.HealthGrpc;
import io.grpc.stub.MetadataUtils;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpClientOptions;
import io.vertx.core.net.PemTrustOptions;
import io.vertx.core.net.SocketAddress;
import io.vertx.grpc.client.GrpcClientOptions;
import io.vertx.grpcio.client.GrpcIoClient;
import io.vertx.grpcio.client.GrpcIoClientChannel;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/**
 * How a command reaches a gateway: the one that {@code --endpoint} names, else the one on the default port, else one
 * that it starts inside this process for as long as the command runs.
 */
final class Connection implements AutoCloseable {
    private static final String DEFAULT_HOST = "127.0.0.1";
    private static final int DEFAULT_PORT = 8000;
    private static final int PROBE_MILLIS = 300;
    /** Embeddings of many texts, and the tokens of a long one, are large. */
    private static final long MAX_ANSWER_BYTES = 256L << 20;

    @Option(
            names = "--endpoint",
            paramLabel = "HOST:PORT",
            defaultValue = "${env:QUANTGATE_ENDPOINT}",
            description =
                    "Gateway to call. Default: the one at 127.0.0.1:8000, else one started for this command alone.")
    private @Nullable String endpoint;

    @Option(names = "--tls", description = "Use TLS.")
    private boolean tls;

    @Option(names = "--ca-cert", paramLabel = "FILE", description = "PEM file of the authority to trust with --tls.")
    private @Nullable String caCertificate;

    @Option(
            names = "--api-key",
            paramLabel = "KEY",
            defaultValue = "${env:QUANTGATE_API_KEY}",
            description = "Key to send; better given as QUANTGATE_API_KEY.")
    private @Nullable String apiKey;

    private @Nullable LocalGateway local;
    private @Nullable Vertx vertx;
    private @Nullable GrpcIoClient client;
    private @Nullable Channel channel;

    /** The channel, opened at the first call. */
    Channel channel() {
        var open = channel;
        if (open == null) {
            open = open();
            channel = open;
        }
        return open;
    }

    private Channel open() {
        if (caCertificate != null && !Files.isReadable(Path.of(caCertificate))) {
            throw new CliException(ExitCodes.USAGE, "--ca-cert: " + caCertificate + " cannot be read");
        }
        if (endpoint != null && !endpoint.isEmpty()) {
            var address = parse(endpoint);
            return connect(Vertx.vertx(), address.getHostString(), address.getPort(), tls, apiKey);
        }
        if (somethingListens()) {
            var candidate = connect(Vertx.vertx(), DEFAULT_HOST, DEFAULT_PORT, tls, apiKey);
            if (isGateway(candidate)) {
                return candidate;
            }
            closeClient();
        }
        var started = LocalGateway.start();
        local = started;
        return connect(started.vertx(), DEFAULT_HOST, started.port(), false, started.key());
    }

    private Channel connect(Vertx on, String host, int port, boolean secure, @Nullable String key) {
        vertx = on;
        var options = new HttpClientOptions();
        if (secure) {
            options.setSsl(true).setUseAlpn(true).setVerifyHost(true);
            if (caCertificate != null) {
                options.setTrustOptions(new PemTrustOptions().addCertPath(caCertificate));
            }
        }
        var opened = GrpcIoClient.client(on, new GrpcClientOptions().setMaxMessageSize(MAX_ANSWER_BYTES), options);
        client = opened;
        Channel raw = new GrpcIoClientChannel(opened, SocketAddress.inetSocketAddress(port, host));
        if (key == null || key.isEmpty()) {
            return raw;
        }
        var headers = new Metadata();
        headers.put(Metadata.Key.of("authorization", Metadata.ASCII_STRING_MARSHALLER), "Bearer " + key);
        return ClientInterceptors.intercept(raw, MetadataUtils.newAttachHeadersInterceptor(headers));
    }

    private static boolean somethingListens() {
        try (var socket = new Socket()) {
            socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), DEFAULT_PORT), PROBE_MILLIS);
            return true;
        } catch (IOException nobody) {
            return false;
        }
    }

    /** Any gRPC answer will do: a gateway that is up but not ready is still the one to talk to. */
    private static boolean isGateway(Channel candidate) {
        try {
            var unused = HealthGrpc.newBlockingStub(candidate)
                    .withDeadlineAfter(2, TimeUnit.SECONDS)
                    .check(HealthCheckRequest.getDefaultInstance());
            return true;
        } catch (StatusRuntimeException failure) {
            return switch (failure.getStatus().getCode()) {
                case UNAUTHENTICATED, PERMISSION_DENIED, NOT_FOUND, RESOURCE_EXHAUSTED -> true;
                default -> false;
            };
        }
    }

    static InetSocketAddress parse(String endpoint) {
        var colon = endpoint.lastIndexOf(':');
        try {
            var port = Integer.parseInt(endpoint.substring(colon + 1));
            if (colon < 1 || port < 1 || port > 65535) {
                throw new NumberFormatException();
            }
            var host = endpoint.substring(0, colon);
            var bare = host.startsWith("[") && host.endsWith("]") ? host.substring(1, host.length() - 1) : host;
            return InetSocketAddress.createUnresolved(bare, port);
        } catch (NumberFormatException wrong) {
            throw new CliException(
                    ExitCodes.USAGE, "--endpoint: " + endpoint + " (expected: HOST:PORT, such as 127.0.0.1:8000)");
        }
    }

    private void closeClient() {
        if (client != null) {
            client.close().toCompletionStage().toCompletableFuture().join();
            client = null;
        }
        if (vertx != null && (local == null || vertx != local.vertx())) {
            vertx.close().toCompletionStage().toCompletableFuture().join();
        }
        vertx = null;
    }

    @Override
    public void close() {
        closeClient();
        if (local != null) {
            local.close();
            local = null;
        }
        channel = null;
    }
}
