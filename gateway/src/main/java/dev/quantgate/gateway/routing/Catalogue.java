package dev.quantgate.gateway.routing;

import dev.quantgate.worker.api.AdapterRecord;
import dev.quantgate.worker.api.AdapterRef;
import dev.quantgate.worker.api.CallContext;
import dev.quantgate.worker.api.FailureKind;
import dev.quantgate.worker.api.LoadOutcome;
import dev.quantgate.worker.api.LoadSettings;
import dev.quantgate.worker.api.ModelRecord;
import dev.quantgate.worker.api.ModelRef;
import dev.quantgate.worker.api.QuantizationType;
import dev.quantgate.worker.api.SessionRecord;
import dev.quantgate.worker.api.SessionRef;
import dev.quantgate.worker.api.WorkerFailure;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.CompletionStage;

/** The models of all connected workers as one store. Stages fail with the workers' planned failures. */
public final class Catalogue {
    private final WorkerRouter router;

    public Catalogue(WorkerRouter router) {
        this.router = router;
    }

    /** Every model with its variants and where they are loaded, ordered by name. */
    public CompletionStage<List<ModelRecord>> list(CallContext context) {
        return Stages.guard(() -> FanOut.any(router.requireLive(), worker -> worker.listModels(context))
                .thenApply(Catalogue::merge));
    }

    /** One model as all workers that have it see it. Fails with MODEL_NOT_FOUND if none has. */
    public CompletionStage<ModelRecord> get(String model, CallContext context) {
        return Stages.guard(() -> FanOut.any(router.requireLive(), worker -> worker.getModel(model, context))
                .thenApply(found -> found.stream().reduce(MergedModel::of).orElseThrow()));
    }

    /** The model behind a name that may be a type: the model of that name, else the only one of that type. */
    public CompletionStage<ModelRecord> byNameOrType(String nameOrType, CallContext context) {
        return list(context).thenApply(models -> {
            var ofType = models.stream()
                    .filter(model -> model.modelType().equals(nameOrType))
                    .toList();
            return models.stream()
                    .filter(model -> model.name().equals(nameOrType))
                    .findFirst()
                    .or(() -> ofType.size() == 1 ? ofType.stream().findFirst() : Optional.empty())
                    .orElseThrow(() -> WorkerFailure.of(
                                    FailureKind.MODEL_NOT_FOUND, "no model has this name or, alone, this type")
                            .asException());
        });
    }

    public CompletionStage<AdapterRecord> importAdapter(AdapterRef ref, Path source, CallContext context) {
        return router.locate(ModelRef.of(ref.model()), context)
                .thenCompose(worker -> worker.importAdapter(ref, source, context));
    }

    public CompletionStage<Void> deleteAdapter(AdapterRef ref, CallContext context) {
        return router.locate(ModelRef.of(ref.model()), context)
                .thenCompose(worker -> worker.deleteAdapter(ref, context));
    }

    public CompletionStage<List<SessionRecord>> sessions(String model, CallContext context) {
        return router.locate(ModelRef.of(model), context).thenCompose(worker -> worker.listSessions(model, context));
    }

    public CompletionStage<Void> deleteSession(SessionRef ref, CallContext context) {
        return router.locate(ModelRef.of(ref.model()), context)
                .thenCompose(worker -> worker.deleteSession(ref, context));
    }

    public CompletionStage<LoadOutcome> load(ModelRef ref, LoadSettings settings, CallContext context) {
        return router.locate(ref, context).thenCompose(worker -> worker.loadModel(ref, settings, context));
    }

    /** Unloads on every worker; completes with the {@code model:variant} names that left memory. */
    public CompletionStage<List<String>> unload(ModelRef ref, CallContext context) {
        return router.locate(ref, context).thenCompose(one -> {
            var holders = router.live().stream()
                    .filter(worker -> worker == one || worker.status().models().contains(ref.model()))
                    .toList();
            return FanOut.all(holders, worker -> worker.unloadModel(ref, context))
                    .thenApply(lists -> lists.stream()
                            .flatMap(Collection::stream)
                            .distinct()
                            .sorted()
                            .toList());
        });
    }

    /** Deletes; asks a worker that has the model in memory, if one has, so that it can refuse. */
    public CompletionStage<Void> delete(ModelRef ref, CallContext context) {
        return router.locate(ref, context).thenCompose(worker -> worker.deleteModel(ref, context));
    }

    /** What the connected backends offer. */
    public CompletionStage<List<QuantizationType>> quantizationTypes(CallContext context) {
        return Stages.guard(() -> FanOut.any(
                        router.onePerStoreAndBackend(), worker -> worker.quantizationTypes(context))
                .thenApply(lists ->
                        lists.stream().flatMap(Collection::stream).distinct().toList()));
    }

    /** What the backend of one model offers. */
    public CompletionStage<List<QuantizationType>> quantizationTypes(String model, CallContext context) {
        return router.locate(ModelRef.of(model), context).thenCompose(worker -> worker.quantizationTypes(context));
    }

    private static List<ModelRecord> merge(List<List<ModelRecord>> lists) {
        var byName = new TreeMap<String, ModelRecord>();
        lists.forEach(models -> models.forEach(model -> byName.merge(model.name(), model, MergedModel::of)));
        return new ArrayList<>(byName.values());
    }
}
