package dev.quantgate.worker.bus;

import dev.quantgate.bus.v1.WireCalls;
import dev.quantgate.bus.v1.WireCommon;
import dev.quantgate.bus.v1.WireModels;
import dev.quantgate.worker.api.LoadOutcome;
import dev.quantgate.worker.api.LoadSettings;
import dev.quantgate.worker.api.LoadState;
import dev.quantgate.worker.api.ModelRecord;
import dev.quantgate.worker.api.ModelRef;
import dev.quantgate.worker.api.QuantizationType;
import dev.quantgate.worker.api.Task;
import dev.quantgate.worker.api.VariantRecord;
import java.util.Optional;
import java.util.stream.Collectors;

/** Models and their variants on the wire. */
final class ModelMapping {
    private ModelMapping() {}

    static WireCommon.ModelRef toWire(ModelRef ref) {
        var wire = WireCommon.ModelRef.newBuilder().setModel(ref.model());
        ref.variant().ifPresent(wire::setVariant);
        return wire.build();
    }

    static ModelRef fromWire(WireCommon.ModelRef wire) {
        return new ModelRef(wire.getModel(), wire.hasVariant() ? Optional.of(wire.getVariant()) : Optional.empty());
    }

    static WireModels.VariantRecord toWire(VariantRecord variant) {
        return WireModels.VariantRecord.newBuilder()
                .setName(variant.name())
                .setQuantizationType(variant.quantizationType())
                .setQuantized(variant.quantized())
                .setSizeBytes(variant.sizeBytes())
                .setSha256(variant.sha256())
                .putAllTensorTypes(variant.tensorTypes())
                .setState(toWire(variant.state()))
                .setStateReason(variant.stateReason())
                .setMemoryBytes(variant.memoryBytes())
                .addAllWorkers(variant.workers())
                .build();
    }

    static VariantRecord fromWire(WireModels.VariantRecord wire) {
        return new VariantRecord(
                wire.getName(),
                wire.getQuantizationType(),
                wire.getQuantized(),
                wire.getSizeBytes(),
                wire.getSha256(),
                wire.getTensorTypesMap(),
                fromWire(wire.getState()),
                wire.getStateReason(),
                wire.getMemoryBytes(),
                wire.getWorkersList());
    }

    static WireModels.ModelRecord toWire(ModelRecord model) {
        return WireModels.ModelRecord.newBuilder()
                .setName(model.name())
                .setModelType(model.modelType())
                .setVersion(model.version())
                .setCreatedAt(TimeMapping.toWire(model.createdAt()))
                .setQuantized(model.quantized())
                .setSource(model.source())
                .setBackend(model.backend())
                .setDefaultVariant(model.defaultVariant())
                .putAllDimensions(model.dimensions())
                .addAllTasks(model.tasks().stream().map(ModelMapping::toWire).toList())
                .addAllVariants(
                        model.variants().stream().map(ModelMapping::toWire).toList())
                .setMetadataJson(model.metadataJson())
                .addAllAdapters(
                        model.adapters().stream().map(AdapterMapping::toWire).toList())
                .build();
    }

    static ModelRecord fromWire(WireModels.ModelRecord wire) {
        return new ModelRecord(
                wire.getName(),
                wire.getModelType(),
                wire.getVersion(),
                TimeMapping.fromWire(wire.getCreatedAt()),
                wire.getQuantized(),
                wire.getSource(),
                wire.getBackend(),
                wire.getDefaultVariant(),
                wire.getDimensionsMap(),
                wire.getTasksList().stream().map(ModelMapping::fromWire).collect(Collectors.toSet()),
                wire.getVariantsList().stream().map(ModelMapping::fromWire).toList(),
                wire.getMetadataJson(),
                wire.getAdaptersList().stream().map(AdapterMapping::fromWire).toList());
    }

    static WireCalls.LoadModel toWire(ModelRef model, LoadSettings settings) {
        var wire = WireCalls.LoadModel.newBuilder().setModel(toWire(model)).setContextTokens(settings.contextTokens());
        settings.pin().ifPresent(wire::setPin);
        settings.keepAlive().ifPresent(time -> wire.setKeepAlive(TimeMapping.toWire(time)));
        return wire.build();
    }

    static LoadSettings settings(WireCalls.LoadModel wire) {
        return new LoadSettings(
                wire.getContextTokens(),
                wire.hasPin() ? Optional.of(wire.getPin()) : Optional.empty(),
                wire.hasKeepAlive() ? Optional.of(TimeMapping.fromWire(wire.getKeepAlive())) : Optional.empty());
    }

    static WireModels.LoadOutcome toWire(LoadOutcome outcome) {
        return WireModels.LoadOutcome.newBuilder()
                .setVariant(toWire(outcome.variant()))
                .setAlreadyLoaded(outcome.alreadyLoaded())
                .build();
    }

    static LoadOutcome fromWire(WireModels.LoadOutcome wire) {
        return new LoadOutcome(fromWire(wire.getVariant()), wire.getAlreadyLoaded());
    }

    static WireModels.QuantizationType toWire(QuantizationType type) {
        return WireModels.QuantizationType.newBuilder()
                .setName(type.name())
                .setBackend(type.backend())
                .setBitsPerWeight(type.bitsPerWeight())
                .setNeedsImportanceMatrix(type.needsImportanceMatrix())
                .setDescription(type.description())
                .setIsDefault(type.isDefault())
                .build();
    }

    static QuantizationType fromWire(WireModels.QuantizationType wire) {
        return new QuantizationType(
                wire.getName(),
                wire.getBackend(),
                wire.getBitsPerWeight(),
                wire.getNeedsImportanceMatrix(),
                wire.getDescription(),
                wire.getIsDefault());
    }

    private static WireModels.Task toWire(Task task) {
        return switch (task) {
            case GENERATE -> WireModels.Task.TASK_GENERATE;
            case EMBED -> WireModels.Task.TASK_EMBED;
            case CLASSIFY -> WireModels.Task.TASK_CLASSIFY;
            case CLASSIFY_TOKENS -> WireModels.Task.TASK_CLASSIFY_TOKENS;
            case FILL_MASK -> WireModels.Task.TASK_FILL_MASK;
        };
    }

    private static Task fromWire(WireModels.Task task) {
        return switch (task) {
            case TASK_GENERATE -> Task.GENERATE;
            case TASK_EMBED -> Task.EMBED;
            case TASK_CLASSIFY -> Task.CLASSIFY;
            case TASK_CLASSIFY_TOKENS -> Task.CLASSIFY_TOKENS;
            case TASK_FILL_MASK -> Task.FILL_MASK;
            case TASK_UNSPECIFIED, UNRECOGNIZED -> throw new MappingException("task", task);
        };
    }

    private static WireModels.LoadState toWire(LoadState state) {
        return switch (state) {
            case UNLOADED -> WireModels.LoadState.LOAD_STATE_UNLOADED;
            case LOADING -> WireModels.LoadState.LOAD_STATE_LOADING;
            case ACTIVE -> WireModels.LoadState.LOAD_STATE_ACTIVE;
            case FAILED -> WireModels.LoadState.LOAD_STATE_FAILED;
            case UNLOADING -> WireModels.LoadState.LOAD_STATE_UNLOADING;
        };
    }

    private static LoadState fromWire(WireModels.LoadState state) {
        return switch (state) {
            case LOAD_STATE_UNLOADED -> LoadState.UNLOADED;
            case LOAD_STATE_LOADING -> LoadState.LOADING;
            case LOAD_STATE_ACTIVE -> LoadState.ACTIVE;
            case LOAD_STATE_FAILED -> LoadState.FAILED;
            case LOAD_STATE_UNLOADING -> LoadState.UNLOADING;
            case LOAD_STATE_UNSPECIFIED, UNRECOGNIZED -> throw new MappingException("load state", state);
        };
    }
}
