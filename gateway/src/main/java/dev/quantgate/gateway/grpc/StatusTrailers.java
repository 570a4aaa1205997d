package dev.quantgate.gateway.grpc;

import com.google.rpc.Status;
import io.vertx.grpc.common.GrpcStatus;
import io.vertx.grpc.server.GrpcServerResponse;
import java.util.Base64;

/** Ends a response with a status, its message and its details. */
final class StatusTrailers {
    private static final String DETAILS = "grpc-status-details-bin";

    private StatusTrailers() {}

    static void end(GrpcServerResponse<?, ?> response, Status status) {
        response.status(GrpcStatus.valueOf(status.getCode())).statusMessage(status.getMessage());
        response.trailers().set(DETAILS, Base64.getEncoder().withoutPadding().encodeToString(status.toByteArray()));
        response.end();
    }
}
