package dev.quantgate.gateway.http.openai;

import dev.quantgate.worker.api.FailureKind;
import dev.quantgate.worker.api.ModelRecord;
import dev.quantgate.worker.api.ModelRef;
import dev.quantgate.worker.api.WorkerFailure;
import java.util.List;

/** Models as {@code /v1/models} shows them: each by its name, and by its variants if there are several. */
final class ModelJson {
    private ModelJson() {}

    static JsonOut list(List<ModelRecord> models) {
        var out = new JsonOut().raw("{\"object\":\"list\",\"data\":[");
        var separator = "";
        for (var model : models) {
            model(out.raw(separator), model.name(), model);
            separator = ",";
            if (model.variants().size() > 1) {
                model.variants().forEach(variant -> model(out.raw(","), model.name() + ":" + variant.name(), model));
            }
        }
        return out.raw("]}");
    }

    /** @throws WorkerException VARIANT_NOT_FOUND if the model has no such variant */
    static JsonOut one(ModelRef ref, ModelRecord model) {
        var known = ref.variant()
                .map(wanted -> model.variants().stream()
                        .anyMatch(variant -> variant.name().equals(wanted)))
                .orElse(true);
        if (!known) {
            throw WorkerFailure.of(FailureKind.VARIANT_NOT_FOUND, "no model \"" + ref + "\"")
                    .asException();
        }
        var out = new JsonOut();
        model(out, ref.toString(), model);
        return out;
    }

    private static void model(JsonOut out, String id, ModelRecord model) {
        out.raw("{\"id\":")
                .string(id)
                .raw(",\"object\":\"model\",\"created\":")
                .number(model.createdAt().getEpochSecond())
                .raw(",\"owned_by\":\"quantgate\"}");
    }
}
