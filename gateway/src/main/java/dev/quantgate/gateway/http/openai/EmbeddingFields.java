package dev.quantgate.gateway.http.openai;

import dev.quantgate.worker.api.inference.TextTask;
import io.vertx.core.json.JsonArray;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * The body of {@code POST /v1/embeddings}.
 *
 * @param model the name as the client wrote it
 * @param task what to ask a worker for
 * @param base64 whether vectors are sent as the base64 of little-endian float32
 * @param dimensions length of the vectors that the client wants
 */
record EmbeddingFields(String model, TextTask.Embed task, boolean base64, OptionalInt dimensions) {
    /** Reads a body. @throws WorkerException INVALID_REQUEST that names the field */
    static EmbeddingFields read(Fields body) {
        var name = ModelNames.required(body);
        if (body.value("input") instanceof JsonArray array) {
            CompletionFields.refuseTokens("input", array);
        }
        if (!body.has("input")) {
            throw body.wrongType("input", "a string or an array of strings");
        }
        var inputs = body.strings("input");
        var encoding = body.string("encoding_format").orElse("float");
        if (!encoding.equals("float") && !encoding.equals("base64")) {
            throw Fields.invalid("encoding_format", Fields.quote(encoding), "float or base64");
        }
        return new EmbeddingFields(
                name,
                new TextTask.Embed(ModelNames.parse(name), inputs, Optional.empty(), true, TextTask.Truncation.ERROR),
                encoding.equals("base64"),
                body.whole("dimensions", 1, Integer.MAX_VALUE));
    }
}
