package dev.quantgate.gateway.testing;

import io.vertx.core.MultiMap;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpClient;
import io.vertx.core.http.HttpClientOptions;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpVersion;
import java.util.Map;

/** Requests with any headers and bytes, over HTTP/1.1 or HTTP/2. */
public final class RawHttp implements AutoCloseable {
    /** What came back; for gRPC the trailers, wherever they stood, are in {@code trailers}. */
    public record Reply(int status, MultiMap headers, String body, MultiMap trailers) {
        public String trailer(String name) {
            var value = trailers.get(name);
            return value == null ? String.valueOf(headers.get(name)) : value;
        }
    }

    private final Vertx vertx = Vertx.vertx();
    private final HttpClient client;
    private final int port;

    public RawHttp(int port, HttpVersion version) {
        this.port = port;
        this.client = vertx.createHttpClient(
                new HttpClientOptions().setProtocolVersion(version).setHttp2ClearTextUpgrade(false));
    }

    public Reply send(HttpMethod method, String path, Map<String, String> headers, Buffer body) {
        return TestGateway.await(client.request(method, port, "127.0.0.1", path)
                // One chain on the client's event loop: composed from the test's thread, the body's reader could come
                // after the body, which then is gone.
                .compose(request -> {
                    headers.forEach(request::putHeader);
                    return request.send(body)
                            .compose(response -> response.body()
                                    .map(bytes -> new Reply(
                                            response.statusCode(),
                                            response.headers(),
                                            bytes.toString(),
                                            response.trailers())));
                }));
    }

    /** Sends one gRPC message, framed. */
    public Reply grpc(String path, Map<String, String> headers, boolean compressed, byte[] message) {
        var body = Buffer.buffer()
                .appendByte((byte) (compressed ? 1 : 0))
                .appendInt(message.length)
                .appendBytes(message);
        return grpc(path, headers, body);
    }

    public Reply grpc(String path, Map<String, String> headers, Buffer body) {
        var all = new java.util.HashMap<>(headers);
        all.put("content-type", "application/grpc");
        all.put("te", "trailers");
        return send(HttpMethod.POST, path, all, body);
    }

    public Reply get(String path) {
        return send(HttpMethod.GET, path, Map.of(), Buffer.buffer());
    }

    public Reply post(String path, String type, String body) {
        return send(HttpMethod.POST, path, Map.of("content-type", type), Buffer.buffer(body));
    }

    @Override
    public void close() {
        TestGateway.await(vertx.close());
    }
}
