package dev.quantgate.gateway.grpc;

import com.google.longrunning.OperationsProto;
import com.google.protobuf.DescriptorProtos.FileDescriptorProto;
import com.google.protobuf.Descriptors.DescriptorValidationException;
import com.google.protobuf.Descriptors.FileDescriptor;
import com.google.protobuf.TextFormat;
import dev.quantgate.v1.Inference;
import dev.quantgate.v1.Models;
import dev.quantgate.v1.Operations;
import dev.quantgate.v1.Workers;
import io.vertx.grpc.health.v1.HealthProto;
import io.vertx.grpc.reflection.v1.ServerReflectionProto;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The services of the port, by name and, for whoever asks by reflection, by descriptor. */
final class ServedServices {
    static final String REFLECTION = "grpc.reflection.v1.ServerReflection";
    static final String REFLECTION_ALPHA = "grpc.reflection.v1alpha.ServerReflection";

    /** Services that do the gateway's own work. */
    static final List<String> OWN =
            List.of(OperationRpcs.NAME, InferenceRpcs.NAME, ModelRpcs.NAME, OperationRpcs.WATCH_NAME, WorkerRpcs.NAME);

    private @Nullable ReflectionIndex index;

    List<String> names() {
        return List.of(
                HealthRpcs.NAME,
                REFLECTION,
                REFLECTION_ALPHA,
                OperationRpcs.NAME,
                InferenceRpcs.NAME,
                ModelRpcs.NAME,
                OperationRpcs.WATCH_NAME,
                WorkerRpcs.NAME);
    }

    synchronized ReflectionIndex index() {
        if (index == null) {
            index = new ReflectionIndex(List.of(
                    HealthProto.getDescriptor(),
                    ServerReflectionProto.getDescriptor(),
                    reflectionAlpha(),
                    OperationsProto.getDescriptor(),
                    Inference.getDescriptor(),
                    Models.getDescriptor(),
                    Operations.getDescriptor(),
                    Workers.getDescriptor()));
        }
        return index;
    }

    /** The older version of the reflection service: the same file under another package. */
    private static FileDescriptor reflectionAlpha() {
        try {
            var text = TextFormat.printer()
                    .printToString(ServerReflectionProto.getDescriptor().toProto());
            var renamed = FileDescriptorProto.newBuilder();
            TextFormat.merge(text.replace("grpc.reflection.v1", "grpc.reflection.v1alpha"), renamed);
            renamed.setName("grpc/reflection/v1alpha/reflection.proto");
            return FileDescriptor.buildFrom(renamed.build(), new FileDescriptor[0]);
        } catch (DescriptorValidationException | TextFormat.ParseException impossible) {
            throw new IllegalStateException("the reflection service's own descriptor cannot be renamed", impossible);
        }
    }
}
