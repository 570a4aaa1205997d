package dev.quantgate.worker.torch.model;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Which tensors of a checkpoint are the matrices of linear layers, and which are not.
 *
 * @param linears names of the layers, without {@code .weight}, in the order they are computed
 * @param wordEmbeddings name of the largest table, without {@code .weight}
 * @param tiedDecoder name of a decoder that has no matrix of its own but shares the word embeddings'
 */
public record CheckpointLayout(List<String> linears, String wordEmbeddings, Optional<String> tiedDecoder) {

    public CheckpointLayout {
        linears = List.copyOf(linears);
    }

    /** The layout of a checkpoint that holds these tensors. */
    public static CheckpointLayout of(EncoderConfig config, Set<String> tensors) {
        TensorNames names = TensorNames.in(config.family(), tensors);
        List<String> linears = new ArrayList<>();
        for (int i = 0; i < config.layers(); i++) {
            linears.addAll(List.of(
                    names.query(i),
                    names.key(i),
                    names.value(i),
                    names.attentionOutput(i),
                    names.expand(i),
                    names.contract(i)));
        }
        Optional<String> tied = Optional.empty();
        switch (config.head()) {
            case SEQUENCE_CLASSIFICATION -> {
                switch (config.family()) {
                    case BERT -> linears.addAll(List.of(names.pooler(), "classifier"));
                    case ROBERTA, XLM_ROBERTA -> linears.addAll(List.of("classifier.dense", "classifier.out_proj"));
                    case DISTILBERT -> linears.addAll(List.of("pre_classifier", "classifier"));
                }
            }
            case TOKEN_CLASSIFICATION -> linears.add("classifier");
            case MASKED_LM -> {
                linears.add(names.maskedTransform());
                if (tensors.contains(names.maskedDecoder() + ".weight")) {
                    linears.add(names.maskedDecoder());
                } else {
                    tied = Optional.of(names.maskedDecoder());
                }
            }
            case FEATURES -> {}
        }
        return new CheckpointLayout(linears, names.embedding("word_embeddings"), tied);
    }
}
