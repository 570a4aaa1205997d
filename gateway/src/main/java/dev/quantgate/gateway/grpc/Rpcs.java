package dev.quantgate.gateway.grpc;

import com.google.protobuf.Message;
import io.vertx.grpc.common.GrpcMessageEncoder;
import io.vertx.grpc.common.ServiceMethod;
import io.vertx.grpc.common.ServiceName;
import io.vertx.grpc.server.GrpcServer;
import java.util.function.Supplier;

/** Binds the methods of one service to a server. */
final class Rpcs {
    private final GrpcServer server;
    private final ServiceName service;
    private final CallSettings settings;

    Rpcs(GrpcServer server, String service, CallSettings settings) {
        this.server = server;
        this.service = ServiceName.create(service);
        this.settings = settings;
    }

    <Q extends Message, P extends Message> Rpcs unary(
            String name, Supplier<Q> prototype, UnaryCall.Method<Q, P> method) {
        var reader = new RequestReader<>(prototype);
        server.callHandler(
                this.<Q, P>method(name, reader), request -> new UnaryCall<>(request, reader, settings, method).start());
        return this;
    }

    <Q extends Message, P extends Message> Rpcs streaming(
            String name, Supplier<Q> prototype, StreamingCall.Method<Q, P> method) {
        var reader = new RequestReader<>(prototype);
        server.callHandler(
                this.<Q, P>method(name, reader),
                request -> new StreamingCall<>(request, reader, settings, method).start());
        return this;
    }

    <Q extends Message, P extends Message> ServiceMethod<Q, P> method(String name, RequestReader<Q> reader) {
        return ServiceMethod.server(service, name, GrpcMessageEncoder.<P>encoder(), reader);
    }
}
