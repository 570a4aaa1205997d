package dev.quantgate.gateway.convert;

import dev.quantgate.v1.ImportAdapterRequest;
import dev.quantgate.v1.ImportModelRequest;
import dev.quantgate.v1.LoadModelRequest;
import dev.quantgate.v1.QuantizeModelRequest;
import dev.quantgate.worker.api.AdapterRef;
import dev.quantgate.worker.api.ImportRequest;
import dev.quantgate.worker.api.LoadSettings;
import dev.quantgate.worker.api.Names;
import dev.quantgate.worker.api.QuantizeRequest;
import dev.quantgate.worker.api.WorkerFailure;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;

/** Requests that change the model store, checked and as records. */
public final class ModelRequests {
    /** A hundred years: more is a mistake, and less than what nanoseconds can count. */
    private static final long MAX_SECONDS = 3_155_760_000L;

    private static final long NANOS_OF_SECOND = 1_000_000_000L;
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

    /** Reads how a model is to be loaded. @throws WorkerException INVALID_REQUEST that names the field */
    public static LoadSettings settings(LoadModelRequest request) {
        return new LoadSettings(
                request.getContextLength(),
                request.hasPin() ? Optional.of(request.getPin()) : Optional.empty(),
                request.hasKeepAlive() ? Optional.of(keepAlive(request.getKeepAlive())) : Optional.empty());
    }

    static Duration keepAlive(com.google.protobuf.Duration given) {
        if (Math.abs(given.getSeconds()) > MAX_SECONDS || Math.abs((long) given.getNanos()) >= NANOS_OF_SECOND) {
            throw WorkerFailure.invalid(
                            "keep_alive",
                            given.getSeconds() + " s and " + given.getNanos() + " ns (expected: at most " + MAX_SECONDS
                                    + " s)")
                    .asException();
        }
        return Duration.ofSeconds(given.getSeconds(), given.getNanos());
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
