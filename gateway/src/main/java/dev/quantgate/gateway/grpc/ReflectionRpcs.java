package dev.quantgate.gateway.grpc;

import com.google.protobuf.Descriptors.FileDescriptor;
import com.google.rpc.Code;
import io.vertx.grpc.common.GrpcMessageEncoder;
import io.vertx.grpc.common.ServiceMethod;
import io.vertx.grpc.common.ServiceName;
import io.vertx.grpc.reflection.v1.ErrorResponse;
import io.vertx.grpc.reflection.v1.ExtensionNumberResponse;
import io.vertx.grpc.reflection.v1.FileDescriptorResponse;
import io.vertx.grpc.reflection.v1.ListServiceResponse;
import io.vertx.grpc.reflection.v1.ServerReflectionRequest;
import io.vertx.grpc.reflection.v1.ServerReflectionResponse;
import io.vertx.grpc.reflection.v1.ServiceResponse;
import io.vertx.grpc.server.GrpcServer;
import java.util.Collection;
import java.util.List;
import java.util.Optional;

/**
 * {@code ServerReflection} in its versions v1 and v1alpha, which differ in nothing but their package. Descriptors are
 * loaded when the first client asks.
 */
final class ReflectionRpcs {
    private static final String METHOD = "ServerReflectionInfo";

    private final ServedServices served;

    ReflectionRpcs(ServedServices served) {
        this.served = served;
    }

    void bind(GrpcServer server, String service, CallSettings settings) {
        var reader = new RequestReader<>(ServerReflectionRequest::getDefaultInstance);
        ServiceMethod<ServerReflectionRequest, ServerReflectionResponse> method =
                ServiceMethod.server(ServiceName.create(service), METHOD, GrpcMessageEncoder.encoder(), reader);
        server.callHandler(method, request -> new DialogueCall<>(request, reader, settings, this::answer).start());
    }

    private ServerReflectionResponse answer(ServerReflectionRequest request) {
        var response = ServerReflectionResponse.newBuilder()
                .setValidHost(request.getHost())
                .setOriginalRequest(request);
        switch (request.getMessageRequestCase()) {
            case LIST_SERVICES -> {
                var services = ListServiceResponse.newBuilder();
                served.names()
                        .forEach(name ->
                                services.addService(ServiceResponse.newBuilder().setName(name)));
                response.setListServicesResponse(services);
            }
            case FILE_BY_FILENAME -> file(response, served.index().byName(request.getFileByFilename()));
            case FILE_CONTAINING_SYMBOL -> file(response, served.index().bySymbol(request.getFileContainingSymbol()));
            case FILE_CONTAINING_EXTENSION -> {
                var extension = request.getFileContainingExtension();
                file(
                        response,
                        served.index().byExtension(extension.getContainingType(), extension.getExtensionNumber()));
            }
            case ALL_EXTENSION_NUMBERS_OF_TYPE -> extensions(response, request.getAllExtensionNumbersOfType());
            case MESSAGEREQUEST_NOT_SET -> error(response, Code.INVALID_ARGUMENT, "message_request: not set");
        }
        return response.build();
    }

    private void file(ServerReflectionResponse.Builder response, Optional<FileDescriptor> found) {
        found.map(served.index()::withImports)
                .ifPresentOrElse(
                        files -> response.setFileDescriptorResponse(descriptors(files)),
                        () -> error(response, Code.NOT_FOUND, "not found"));
    }

    private void extensions(ServerReflectionResponse.Builder response, String type) {
        served.index()
                .extensionsOf(type)
                .ifPresentOrElse(
                        (Collection<Integer> numbers) ->
                                response.setAllExtensionNumbersResponse(ExtensionNumberResponse.newBuilder()
                                        .setBaseTypeName(type)
                                        .addAllExtensionNumber(numbers)),
                        () -> error(response, Code.NOT_FOUND, "type not found"));
    }

    private static FileDescriptorResponse descriptors(List<FileDescriptor> files) {
        var response = FileDescriptorResponse.newBuilder();
        files.forEach(file -> response.addFileDescriptorProto(file.toProto().toByteString()));
        return response.build();
    }

    private static void error(ServerReflectionResponse.Builder response, Code code, String message) {
        response.setErrorResponse(
                ErrorResponse.newBuilder().setErrorCode(code.getNumber()).setErrorMessage(message));
    }
}
