package dev.quantgate.gateway.convert;

import dev.quantgate.v1.ImportAdapterRequest;
import dev.quantgate.v1.ImportModelRequest;
import dev.quantgate.v1.QuantizeModelRequest;
import dev.quantgate.worker.api.AdapterRef;
import dev.quantgate.worker.api.ImportRequest;
import dev.quantgate.worker.api.Names;
import dev.quantgate.worker.api.QuantizeRequest;
import dev.quantgate.worker.api.WorkerFailure;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.Optional;

/** Requests that change the model store, checked and as records. */
public final class ModelRequests {
    private static final String HUGGING_FACE = "hf:";

    private ModelRequests() {}

    /** Reads an import. @throws WorkerException INVALID_REQUEST that names the field */
    public static ImportRequest importModel(ImportModelRequest request) {
        var uri = request.getSourceUri();
        var path = uri.startsWith(HUGGING_FACE) ? uri.substring(HUGGING_FACE.length()) : uri;
        return new ImportRequest(
                ResourceNames.parseWholeModel(request.getModelId(), "model_id"),
                absolute(path, "source_uri"),
                request.getModelType(),
                request.getVersion(),
                request.getRequestId());
    }

    /** Reads a quantisation. @throws WorkerException INVALID_REQUEST that names the field */
    public static QuantizeRequest quantize(QuantizeModelRequest request) {
        var matrix = request.getImportanceMatrixUri();
        return new QuantizeRequest(
                ResourceNames.parseWholeModel(request.getName(), "name"),
                request.getQuantizationType(),
                request.getRequestId(),
                request.getAllowRequantize(),
                matrix.isEmpty() ? Optional.empty() : Optional.of(absolute(matrix, "importance_matrix_uri")),
                request.getSetDefault());
    }

    /** Reads where an adapter is to be copied from. @throws WorkerException INVALID_REQUEST that names the field */
    public static Path source(ImportAdapterRequest request) {
        return absolute(request.getSourceUri(), "source_uri");
    }

    /** Reads what an adapter is to be called. @throws WorkerException INVALID_REQUEST that names the field */
    public static AdapterRef adapter(ImportAdapterRequest request) {
        return new AdapterRef(
                ResourceNames.parseWholeModel(request.getParent(), "parent"),
                Names.requireVariant(request.getAdapterId(), "adapter_id"));
    }

    private static Path absolute(String text, String field) {
        try {
            var path = Path.of(text);
            if (path.isAbsolute()) {
                return path;
            }
        } catch (InvalidPathException malformed) {
            // Falls through to the same answer: the caller learns what is expected.
        }
        throw WorkerFailure.invalid(field, "\"" + text + "\" (expected: an absolute path on the worker's host)")
                .asException();
    }
}
