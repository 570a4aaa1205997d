package dev.quantgate.gateway.testing;

import com.google.protobuf.Message;
import com.google.rpc.ErrorInfo;
import com.google.rpc.Status;
import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.MethodDescriptor;
import io.grpc.StatusRuntimeException;
import io.grpc.protobuf.ProtoUtils;
import io.grpc.protobuf.StatusProto;
import io.grpc.stub.ClientCalls;
import java.util.Objects;
import java.util.concurrent.TimeUnit;

/** Calls of methods by name, for services without a generated client, and what their errors carry. */
public final class Rpc {
    private Rpc() {}

    public static <Q extends Message, P extends Message> MethodDescriptor<Q, P> method(
            MethodDescriptor.MethodType type, String fullName, Q request, P response) {
        return MethodDescriptor.<Q, P>newBuilder()
                .setType(type)
                .setFullMethodName(fullName)
                .setRequestMarshaller(ProtoUtils.marshaller(request))
                .setResponseMarshaller(ProtoUtils.marshaller(response))
                .build();
    }

    @SuppressWarnings("unchecked") // A message's default instance is of its own type.
    public static <Q extends Message, P extends Message> P unary(
            Channel channel, String fullName, Q request, P response) {
        var method =
                method(MethodDescriptor.MethodType.UNARY, fullName, (Q) request.getDefaultInstanceForType(), response);
        return ClientCalls.blockingUnaryCall(
                channel, method, CallOptions.DEFAULT.withDeadlineAfter(20, TimeUnit.SECONDS), request);
    }

    /** The status with its details. */
    public static Status details(Throwable failure) {
        return Objects.requireNonNull(StatusProto.fromThrowable(failure), () -> "no details in " + failure);
    }

    /** The detail of a type. */
    public static <D extends Message> D detail(Throwable failure, Class<D> type) throws Exception {
        for (var any : details(failure).getDetailsList()) {
            if (any.is(type)) {
                return any.unpack(type);
            }
        }
        throw new AssertionError("no " + type.getSimpleName() + " in " + details(failure));
    }

    /** The failure's stable reason. */
    public static String reason(Throwable failure) throws Exception {
        return detail(failure, ErrorInfo.class).getReason();
    }

    public static io.grpc.Status.Code code(Throwable failure) {
        return ((StatusRuntimeException) failure).getStatus().getCode();
    }
}
