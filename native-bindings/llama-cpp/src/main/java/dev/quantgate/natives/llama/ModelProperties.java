package dev.quantgate.natives.llama;

import static dev.quantgate.natives.llama.bindings.global.llama.llama_ftype_name;
import static dev.quantgate.natives.llama.bindings.global.llama.llama_model_desc;
import static dev.quantgate.natives.llama.bindings.global.llama.llama_model_ftype;
import static dev.quantgate.natives.llama.bindings.global.llama.llama_model_has_decoder;
import static dev.quantgate.natives.llama.bindings.global.llama.llama_model_has_encoder;
import static dev.quantgate.natives.llama.bindings.global.llama.llama_model_is_hybrid;
import static dev.quantgate.natives.llama.bindings.global.llama.llama_model_is_recurrent;
import static dev.quantgate.natives.llama.bindings.global.llama.llama_model_n_ctx_train;
import static dev.quantgate.natives.llama.bindings.global.llama.llama_model_n_embd;
import static dev.quantgate.natives.llama.bindings.global.llama.llama_model_n_embd_out;
import static dev.quantgate.natives.llama.bindings.global.llama.llama_model_n_head;
import static dev.quantgate.natives.llama.bindings.global.llama.llama_model_n_head_kv;
import static dev.quantgate.natives.llama.bindings.global.llama.llama_model_n_layer;
import static dev.quantgate.natives.llama.bindings.global.llama.llama_model_n_params;
import static dev.quantgate.natives.llama.bindings.global.llama.llama_model_size;

import dev.quantgate.natives.llama.bindings.llama_model;
import java.nio.charset.StandardCharsets;

/**
 * The numbers that describe a model. Of one that was opened for its vocabulary only, most are 0.
 *
 * @param description llama.cpp's short name for it, such as {@code llama 135M Q8_0}
 * @param fileType its quantisation as llama.cpp names it, such as {@code Q4_K - Medium}
 * @param parameters number of weights
 * @param sizeBytes size of all tensors
 * @param trainedContextTokens the context length it was trained with
 * @param embeddingLength width of its hidden state
 * @param outputEmbeddingLength width of the embeddings it returns
 * @param layers number of blocks
 * @param heads attention heads of the first block
 * @param kvHeads key/value heads of the first block
 * @param hasEncoder whether input goes through an encoder first
 * @param hasDecoder whether it can generate
 * @param recurrent whether it keeps a state instead of a KV cache
 * @param hybrid whether it has both recurrent and attention blocks
 */
public record ModelProperties(
        String description,
        String fileType,
        long parameters,
        long sizeBytes,
        int trainedContextTokens,
        int embeddingLength,
        int outputEmbeddingLength,
        int layers,
        int heads,
        int kvHeads,
        boolean hasEncoder,
        boolean hasDecoder,
        boolean recurrent,
        boolean hybrid) {
    private static final int MAX_DESCRIPTION_BYTES = 256;

    static ModelProperties read(llama_model model, boolean vocabularyOnly) {
        byte[] description = new byte[MAX_DESCRIPTION_BYTES];
        int length = llama_model_desc(model, description, description.length);
        return new ModelProperties(
                new String(description, 0, Math.min(length, MAX_DESCRIPTION_BYTES - 1), StandardCharsets.UTF_8),
                llama_ftype_name(llama_model_ftype(model)).getString(StandardCharsets.UTF_8),
                llama_model_n_params(model),
                llama_model_size(model),
                llama_model_n_ctx_train(model),
                llama_model_n_embd(model),
                llama_model_n_embd_out(model),
                llama_model_n_layer(model),
                vocabularyOnly ? 0 : llama_model_n_head(model),
                vocabularyOnly ? 0 : llama_model_n_head_kv(model),
                llama_model_has_encoder(model),
                llama_model_has_decoder(model),
                llama_model_is_recurrent(model),
                llama_model_is_hybrid(model));
    }
}
