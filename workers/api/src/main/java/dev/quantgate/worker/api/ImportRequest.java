package dev.quantgate.worker.api;

import java.nio.file.Path;
import java.util.Objects;

/**
 * Asks to copy a local model into the store.
 *
 * @param model name to give it
 * @param source absolute path of a file or folder on the worker's host
 * @param modelType expected architecture, or empty
 * @param version to record, or empty for one made from the time
 * @param requestId idempotency key, or empty
 */
public record ImportRequest(String model, Path source, String modelType, String version, String requestId) {

    public ImportRequest {
        Names.requireModel(model, "model_id");
        Objects.requireNonNull(source, "source");
        RequestIds.require(requestId);
        if (!source.isAbsolute()) {
            throw WorkerFailure.invalid("source_uri", source + " (expected: an absolute path)")
                    .asException();
        }
    }
}
