package dev.quantgate.gateway.grpc;

import io.vertx.core.buffer.Buffer;
import io.vertx.grpc.server.GrpcServerRequest;

/** Answers calls of methods that no service has. */
final class UnknownMethod {
    private UnknownMethod() {}

    static void refuse(GrpcServerRequest<Buffer, Buffer> request) {
        StatusTrailers.end(request.response(), RefusedException.unknownMethod().status());
    }
}
