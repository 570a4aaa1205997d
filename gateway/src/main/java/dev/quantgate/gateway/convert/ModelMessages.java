package dev.quantgate.gateway.convert;

import com.google.protobuf.Timestamp;
import dev.quantgate.v1.Adapter;
import dev.quantgate.v1.LoadModelResponse;
import dev.quantgate.v1.LoadState;
import dev.quantgate.v1.Model;
import dev.quantgate.v1.QuantizationReport;
import dev.quantgate.v1.QuantizationType;
import dev.quantgate.v1.Session;
import dev.quantgate.v1.Task;
import dev.quantgate.v1.Variant;
import dev.quantgate.worker.api.AdapterRecord;
import dev.quantgate.worker.api.LoadOutcome;
import dev.quantgate.worker.api.ModelRecord;
import dev.quantgate.worker.api.SessionRecord;
import dev.quantgate.worker.api.VariantRecord;
import java.time.Instant;

/** Models, variants and quantisation types as messages. */
public final class ModelMessages {
    private ModelMessages() {}

    public static Model model(ModelRecord model) {
        var message = Model.newBuilder()
                .setName(ResourceNames.model(model.name()))
                .setModelType(model.modelType())
                .setVersion(model.version())
                .setCreateTime(timestamp(model.createdAt()))
                .setQuantized(model.quantized())
                .setSource(model.source())
                .setBackend(model.backend())
                .setDefaultVariant(ResourceNames.variant(model.name(), model.defaultVariant()))
                .putAllDimensions(model.dimensions());
        model.tasks().stream().sorted().map(ModelMessages::task).forEach(message::addTasks);
        model.variants().forEach(variant -> message.addVariants(variant(model.name(), variant)));
        model.adapters().forEach(adapter -> message.addAdapters(adapter(model.name(), adapter)));
        return message.build();
    }

    public static Adapter adapter(String model, AdapterRecord adapter) {
        return Adapter.newBuilder()
                .setName(ResourceNames.adapter(model, adapter.name()))
                .setSizeBytes(adapter.sizeBytes())
                .setSha256(adapter.sha256())
                .setRank(adapter.rank())
                .setAlpha(adapter.alpha())
                .setCreateTime(timestamp(adapter.createdAt()))
                .build();
    }

    public static Session session(String model, SessionRecord session) {
        return Session.newBuilder()
                .setName(ResourceNames.session(model, session.name()))
                .setSizeBytes(session.sizeBytes())
                .setUpdateTime(timestamp(session.savedAt()))
                .build();
    }

    public static Variant variant(String model, VariantRecord variant) {
        var message = Variant.newBuilder()
                .setName(ResourceNames.variant(model, variant.name()))
                .setQuantizationType(variant.quantizationType())
                .setQuantized(variant.quantized())
                .setSizeBytes(variant.sizeBytes())
                .setSha256(variant.sha256())
                .putAllTensorTypes(variant.tensorTypes())
                .setState(state(variant.state()))
                .setStateReason(variant.stateReason())
                .setMemoryBytes(variant.memoryBytes());
        variant.workers().forEach(id -> message.addWorkers(ResourceNames.worker(id)));
        return message.build();
    }

    public static LoadModelResponse loaded(String model, LoadOutcome outcome) {
        return LoadModelResponse.newBuilder()
                .setVariant(variant(model, outcome.variant()))
                .setAlreadyLoaded(outcome.alreadyLoaded())
                .build();
    }

    public static QuantizationType type(dev.quantgate.worker.api.QuantizationType type) {
        return QuantizationType.newBuilder()
                .setName(type.name())
                .setBackend(type.backend())
                .setBitsPerWeight(type.bitsPerWeight())
                .setNeedsImportanceMatrix(type.needsImportanceMatrix())
                .setDescription(type.description())
                .setIsDefault(type.isDefault())
                .build();
    }

    static QuantizationReport report(dev.quantgate.worker.api.QuantizationReport report) {
        return QuantizationReport.newBuilder()
                .setSourceBytes(report.sourceBytes())
                .setQuantizedBytes(report.quantizedBytes())
                .setDurationMillis(report.duration().toMillis())
                .putAllQuality(report.quality())
                .putAllTensorTypes(report.tensorTypes())
                .build();
    }

    static Timestamp timestamp(Instant instant) {
        return Timestamp.newBuilder()
                .setSeconds(instant.getEpochSecond())
                .setNanos(instant.getNano())
                .build();
    }

    private static Task task(dev.quantgate.worker.api.Task task) {
        return switch (task) {
            case GENERATE -> Task.TASK_GENERATE;
            case EMBED -> Task.TASK_EMBED;
            case CLASSIFY -> Task.TASK_CLASSIFY;
            case CLASSIFY_TOKENS -> Task.TASK_CLASSIFY_TOKENS;
            case FILL_MASK -> Task.TASK_FILL_MASK;
        };
    }

    private static LoadState state(dev.quantgate.worker.api.LoadState state) {
        return switch (state) {
            case UNLOADED -> LoadState.LOAD_STATE_UNLOADED;
            case LOADING -> LoadState.LOAD_STATE_LOADING;
            case ACTIVE -> LoadState.LOAD_STATE_ACTIVE;
            case FAILED -> LoadState.LOAD_STATE_FAILED;
            case UNLOADING -> LoadState.LOAD_STATE_UNLOADING;
        };
    }
}
