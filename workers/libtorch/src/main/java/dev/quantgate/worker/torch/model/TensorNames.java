package dev.quantgate.worker.torch.model;

import java.util.Set;

/**
 * The names that a family gives to its tensors, without {@code .weight} and {@code .bias}.
 *
 * @param family architecture
 * @param prefix what precedes encoder tensors, empty in a checkpoint without a head
 */
record TensorNames(EncoderFamily family, String prefix) {

    private boolean distil() {
        return family == EncoderFamily.DISTILBERT;
    }

    /** The names in a checkpoint that holds these tensors. */
    static TensorNames in(EncoderFamily family, Set<String> tensors) {
        boolean prefixed = tensors.stream().anyMatch(name -> name.startsWith(family.prefix() + "embeddings."));
        return new TensorNames(family, prefixed ? family.prefix() : "");
    }

    String embedding(String table) {
        return prefix + "embeddings." + table;
    }

    private String layer(int index) {
        return prefix + (distil() ? "transformer.layer." : "encoder.layer.") + index + ".";
    }

    String query(int index) {
        return layer(index) + (distil() ? "attention.q_lin" : "attention.self.query");
    }

    String key(int index) {
        return layer(index) + (distil() ? "attention.k_lin" : "attention.self.key");
    }

    String value(int index) {
        return layer(index) + (distil() ? "attention.v_lin" : "attention.self.value");
    }

    String attentionOutput(int index) {
        return layer(index) + (distil() ? "attention.out_lin" : "attention.output.dense");
    }

    String attentionNorm(int index) {
        return layer(index) + (distil() ? "sa_layer_norm" : "attention.output.LayerNorm");
    }

    String expand(int index) {
        return layer(index) + (distil() ? "ffn.lin1" : "intermediate.dense");
    }

    String contract(int index) {
        return layer(index) + (distil() ? "ffn.lin2" : "output.dense");
    }

    String outputNorm(int index) {
        return layer(index) + (distil() ? "output_layer_norm" : "output.LayerNorm");
    }

    String pooler() {
        return prefix + "pooler.dense";
    }

    /** The dense layer before the decoder of a masked language model. */
    String maskedTransform() {
        return switch (family) {
            case BERT -> "cls.predictions.transform.dense";
            case ROBERTA, XLM_ROBERTA -> "lm_head.dense";
            case DISTILBERT -> "vocab_transform";
        };
    }

    String maskedNorm() {
        return switch (family) {
            case BERT -> "cls.predictions.transform.LayerNorm";
            case ROBERTA, XLM_ROBERTA -> "lm_head.layer_norm";
            case DISTILBERT -> "vocab_layer_norm";
        };
    }

    String maskedDecoder() {
        return switch (family) {
            case BERT -> "cls.predictions.decoder";
            case ROBERTA, XLM_ROBERTA -> "lm_head.decoder";
            case DISTILBERT -> "vocab_projector";
        };
    }

    /** The decoder's bias, which most families keep outside the decoder. */
    String maskedBias() {
        return switch (family) {
            case BERT -> "cls.predictions.bias";
            case ROBERTA, XLM_ROBERTA -> "lm_head.bias";
            case DISTILBERT -> "vocab_projector.bias";
        };
    }

    /** Whether a tensor may be in a checkpoint although nothing here reads it. */
    boolean mayBeUnused(String name) {
        return name.endsWith("embeddings.position_ids")
                || name.endsWith("embeddings.token_type_ids")
                || name.startsWith(pooler() + ".")
                || name.startsWith("cls.seq_relationship.")
                || name.startsWith(maskedDecoder() + ".")
                || name.equals(maskedBias());
    }
}
