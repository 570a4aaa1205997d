package dev.quantgate.gateway.grpc;

import dev.quantgate.gateway.security.ApiKeys;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpHeaders;
import io.vertx.grpc.server.GrpcServerRequest;

/** Answers calls of methods that no service has. */
final class UnknownMethod {
    private UnknownMethod() {}

    static void refuse(GrpcServerRequest<Buffer, Buffer> request, ApiKeys keys) {
        var refused = keys.refusal(request.headers().get(HttpHeaders.AUTHORIZATION))
                .map(RefusedException::unauthenticated)
                .orElseGet(RefusedException::unknownMethod);
        StatusTrailers.end(request.response(), refused.status());
    }
}
