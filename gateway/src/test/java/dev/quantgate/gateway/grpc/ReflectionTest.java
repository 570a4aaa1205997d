package dev.quantgate.gateway.grpc;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.DescriptorProtos.FileDescriptorProto;
import dev.quantgate.gateway.testing.FakeDirectory;
import dev.quantgate.gateway.testing.RawHttp;
import dev.quantgate.gateway.testing.Rpc;
import dev.quantgate.gateway.testing.TestGateway;
import io.grpc.CallOptions;
import io.grpc.MethodDescriptor;
import io.grpc.stub.ClientCalls;
import io.grpc.stub.StreamObserver;
import io.vertx.core.http.HttpVersion;
import io.vertx.grpc.reflection.v1.ExtensionRequest;
import io.vertx.grpc.reflection.v1.ServerReflectionRequest;
import io.vertx.grpc.reflection.v1.ServerReflectionResponse;
import io.vertx.grpc.reflection.v1.ServiceResponse;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class ReflectionTest {
    private final TestGateway gateway = TestGateway.over(new FakeDirectory());

    @AfterEach
    void close() {
        gateway.close();
    }

    /** Asks everything on one stream. */
    private List<ServerReflectionResponse> ask(String version, ServerReflectionRequest... requests) {
        var answers = new ArrayList<ServerReflectionResponse>();
        var done = new CompletableFuture<List<ServerReflectionResponse>>();
        var method = Rpc.method(
                MethodDescriptor.MethodType.BIDI_STREAMING,
                "grpc.reflection." + version + ".ServerReflection/ServerReflectionInfo",
                ServerReflectionRequest.getDefaultInstance(),
                ServerReflectionResponse.getDefaultInstance());
        var stream = ClientCalls.asyncBidiStreamingCall(
                gateway.channel().newCall(method, CallOptions.DEFAULT), new StreamObserver<ServerReflectionResponse>() {
                    @Override
                    public void onNext(ServerReflectionResponse answer) {
                        answers.add(answer);
                    }

                    @Override
                    public void onError(Throwable failure) {
                        done.completeExceptionally(failure);
                    }

                    @Override
                    public void onCompleted() {
                        done.complete(answers);
                    }
                });
        List.of(requests).forEach(stream::onNext);
        stream.onCompleted();
        return done.orTimeout(20, TimeUnit.SECONDS).join();
    }

    private static ServerReflectionRequest symbol(String name) {
        return ServerReflectionRequest.newBuilder()
                .setFileContainingSymbol(name)
                .build();
    }

    @ParameterizedTest
    @ValueSource(strings = {"v1", "v1alpha"})
    void everyListedServiceHasADescriptorAndEveryMethodIsServed(String version) throws Exception {
        var listed = ask(
                        version,
                        ServerReflectionRequest.newBuilder()
                                .setListServices("*")
                                .build())
                .get(0)
                .getListServicesResponse()
                .getServiceList();
        assertThat(listed).extracting(ServiceResponse::getName).hasSize(8).contains("quantgate.v1.InferenceService");

        try (var raw = new RawHttp(gateway.port(), HttpVersion.HTTP_2)) {
            for (var service : listed) {
                var answer = ask(version, symbol(service.getName())).get(0);
                var file = FileDescriptorProto.parseFrom(
                        answer.getFileDescriptorResponse().getFileDescriptorProto(0));
                var descriptor = file.getServiceList().stream()
                        .filter(one -> service.getName().equals(file.getPackage() + "." + one.getName()))
                        .findFirst()
                        .orElseThrow();
                for (var method : descriptor.getMethodList()) {
                    var reply = raw.grpc(
                            "/" + service.getName() + "/" + method.getName(),
                            Map.of("grpc-timeout", "500m"),
                            false,
                            new byte[0]);
                    assertThat(reply.trailer("grpc-status"))
                            .as(service.getName() + "/" + method.getName())
                            .isNotEqualTo("12");
                }
            }
        }
    }

    @Test
    void aFileComesWithAllItImports() throws Exception {
        var files = ask("v1", symbol("quantgate.v1.ModelService.GetModel"))
                .get(0)
                .getFileDescriptorResponse()
                .getFileDescriptorProtoList();

        var built = new HashSet<String>();
        for (var file : files) {
            assertThat(built.add(FileDescriptorProto.parseFrom(file).getName())).isTrue();
        }
        assertThat(built)
                .contains("quantgate/v1/models.proto", "google/protobuf/timestamp.proto", "google/protobuf/any.proto");
    }

    @Test
    void oneStreamAnswersManyQuestionsInOrder() {
        var answers = ask(
                "v1",
                ServerReflectionRequest.newBuilder()
                        .setFileByFilename("quantgate/v1/inference.proto")
                        .build(),
                symbol("quantgate.v1.Nothing"),
                ServerReflectionRequest.newBuilder()
                        .setFileContainingExtension(ExtensionRequest.newBuilder()
                                .setContainingType("google.protobuf.MethodOptions")
                                .setExtensionNumber(72295728))
                        .build(),
                ServerReflectionRequest.newBuilder()
                        .setAllExtensionNumbersOfType("google.protobuf.MethodOptions")
                        .build(),
                ServerReflectionRequest.getDefaultInstance());

        assertThat(answers).hasSize(5);
        assertThat(answers.get(0).hasFileDescriptorResponse()).isTrue();
        assertThat(answers.get(1).getErrorResponse().getErrorCode()).isEqualTo(5);
        assertThat(answers.get(2).hasFileDescriptorResponse()).isTrue();
        assertThat(answers.get(3).getAllExtensionNumbersResponse().getExtensionNumberList())
                .contains(72295728);
        assertThat(answers.get(4).getErrorResponse().getErrorCode()).isEqualTo(3);
    }
}
