package dev.quantgate.gateway.http.openai;

import dev.quantgate.worker.api.inference.TextResult;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Base64;

/** Vectors as {@code /v1/embeddings} answers with them. */
final class EmbeddingJson {
    private EmbeddingJson() {}

    /** @throws WorkerException INVALID_REQUEST if the client wants vectors of another length */
    static JsonOut answer(EmbeddingFields request, TextResult.Embedded embedded) {
        var out = new JsonOut().raw("{\"object\":\"list\",\"data\":[");
        for (int i = 0; i < embedded.vectors().size(); i++) {
            var values = embedded.vectors().get(i).values();
            requireLength(request, values.length);
            out.raw(i == 0 ? "" : ",")
                    .raw("{\"object\":\"embedding\",\"index\":")
                    .number(i)
                    .raw(",\"embedding\":");
            if (request.base64()) {
                out.raw("\"").raw(base64(values)).raw("\"}");
            } else {
                numbers(out, values);
                out.raw("}");
            }
        }
        return out.raw("],\"model\":")
                .string(request.model())
                .raw(",\"usage\":{\"prompt_tokens\":")
                .number(embedded.promptTokens())
                .raw(",\"total_tokens\":")
                .number(embedded.promptTokens())
                .raw("}}");
    }

    private static void requireLength(EmbeddingFields request, int length) {
        if (request.dimensions().orElse(length) != length) {
            throw Fields.invalid(
                    "dimensions",
                    String.valueOf(request.dimensions().getAsInt()),
                    length + ", the length of this model's vectors");
        }
    }

    private static void numbers(JsonOut out, float[] values) {
        out.raw("[");
        for (int i = 0; i < values.length; i++) {
            out.raw(i == 0 ? "" : ",").number(values[i]);
        }
        out.raw("]");
    }

    private static byte[] base64(float[] values) {
        var bytes = ByteBuffer.allocate(values.length * Float.BYTES).order(ByteOrder.LITTLE_ENDIAN);
        bytes.asFloatBuffer().put(values);
        return Base64.getEncoder().encode(bytes.array());
    }
}
