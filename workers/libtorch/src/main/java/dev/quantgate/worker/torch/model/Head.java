package dev.quantgate.worker.torch.model;

import dev.quantgate.natives.torch.LayerNorm;
import dev.quantgate.natives.torch.LinearLayer;
import dev.quantgate.natives.torch.TorchOps;
import dev.quantgate.natives.torch.TorchTensor;

/** What a checkpoint adds on top of the encoder's states. */
sealed interface Head {

    /** Scores of {@code [rows, hidden]} states: {@code [rows, outputs]}. */
    TorchTensor scores(TorchTensor rows);

    /** A dense layer and an output layer over the first token. */
    record Sequence(LinearLayer dense, boolean relu, LinearLayer output) implements Head {
        @Override
        public TorchTensor scores(TorchTensor rows) {
            TorchTensor middle = dense.apply(rows);
            return output.apply(relu ? TorchOps.reluInPlace(middle) : TorchOps.tanhInPlace(middle));
        }
    }

    /** One output layer over every token. */
    record Token(LinearLayer output) implements Head {
        @Override
        public TorchTensor scores(TorchTensor rows) {
            return output.apply(rows);
        }
    }

    /** A dense layer, a normalisation and the decoder over the vocabulary. */
    record MaskedLm(LinearLayer dense, Activation activation, LayerNorm norm, LinearLayer decoder) implements Head {
        @Override
        public TorchTensor scores(TorchTensor rows) {
            return decoder.apply(norm.apply(activation.applyInPlace(dense.apply(rows))));
        }
    }

    /** Nothing: the states are the result. */
    record Features() implements Head {
        @Override
        public TorchTensor scores(TorchTensor rows) {
            return rows;
        }
    }

    /** Builds the head that the configuration names. */
    static Head load(EncoderConfig config, ModelWeights weights, TensorNames names) {
        int hidden = config.hiddenSize();
        int labels = config.labels().size();
        return switch (config.head()) {
            case SEQUENCE_CLASSIFICATION ->
                switch (config.family()) {
                    case BERT ->
                        new Sequence(
                                weights.linear(hidden, hidden, names.pooler()),
                                false,
                                weights.linear(labels, hidden, "classifier"));
                    case ROBERTA, XLM_ROBERTA ->
                        new Sequence(
                                weights.linear(hidden, hidden, "classifier.dense"),
                                false,
                                weights.linear(labels, hidden, "classifier.out_proj"));
                    case DISTILBERT ->
                        new Sequence(
                                weights.linear(hidden, hidden, "pre_classifier"),
                                true,
                                weights.linear(labels, hidden, "classifier"));
                };
            case TOKEN_CLASSIFICATION -> new Token(weights.linear(labels, hidden, "classifier"));
            case MASKED_LM -> maskedLm(config, weights, names);
            case FEATURES -> new Features();
        };
    }

    private static Head maskedLm(EncoderConfig config, ModelWeights weights, TensorNames names) {
        int hidden = config.hiddenSize();
        // BERT's and DistilBERT's heads take the activation of the encoder, RoBERTa's is always the exact GELU; all
        // normalise with the encoder's epsilon.
        Activation activation =
                config.family().positionsFollowPadding() ? Activation.GELU : Activation.of(config.activation());
        return new MaskedLm(
                weights.linear(hidden, hidden, names.maskedTransform()),
                activation,
                weights.layerNorm(names.maskedNorm(), hidden, config.layerNormEpsilon()),
                weights.tiedLinear(
                        config.vocabularySize(),
                        hidden,
                        names.maskedDecoder(),
                        names.embedding("word_embeddings"),
                        names.maskedBias()));
    }
}
