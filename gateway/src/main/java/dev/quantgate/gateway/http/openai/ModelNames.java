package dev.quantgate.gateway.http.openai;

import dev.quantgate.gateway.convert.ResourceNames;
import dev.quantgate.worker.api.FailureKind;
import dev.quantgate.worker.api.ModelRef;
import dev.quantgate.worker.api.WorkerException;
import dev.quantgate.worker.api.WorkerFailure;

/** Model names of requests: {@code model} or {@code model:variant}. */
final class ModelNames {
    static final String FIELD = "model";

    private ModelNames() {}

    /** The name as the client wrote it. */
    static String required(Fields body) {
        return body.string(FIELD)
                .filter(name -> !name.isEmpty())
                .orElseThrow(() -> Fields.invalid(FIELD, "missing", "the name of a model"));
    }

    /** Reads a name. One that no model can have is a model that does not exist, as it is for OpenAI's clients. */
    static ModelRef parse(String name) {
        try {
            return ResourceNames.parseModel(name, FIELD);
        } catch (WorkerException malformed) {
            throw WorkerFailure.of(FailureKind.MODEL_NOT_FOUND, "no model " + Fields.quote(name))
                    .asException();
        }
    }
}
