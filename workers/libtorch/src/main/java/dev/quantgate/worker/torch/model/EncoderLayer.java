package dev.quantgate.worker.torch.model;

import dev.quantgate.natives.torch.LayerNorm;
import dev.quantgate.natives.torch.LinearLayer;
import dev.quantgate.natives.torch.TorchOps;
import dev.quantgate.natives.torch.TorchTensor;
import org.jspecify.annotations.Nullable;

/** One layer: self-attention and a feed-forward block, each with a residual and a normalisation after it. */
final class EncoderLayer {

    private final int heads;
    private final Activation activation;
    private final AttentionProjection projection;
    private final LinearLayer attentionOutput;
    private final LayerNorm attentionNorm;
    private final LinearLayer expand;
    private final LinearLayer contract;
    private final LayerNorm outputNorm;

    private EncoderLayer(EncoderConfig config, ModelWeights weights, TensorNames names, int index) {
        int hidden = config.hiddenSize();
        this.heads = config.heads();
        this.activation = Activation.of(config.activation());
        this.projection = projection(hidden, weights, names, index);
        this.attentionOutput = weights.linear(hidden, hidden, names.attentionOutput(index));
        this.attentionNorm = weights.layerNorm(names.attentionNorm(index), hidden, config.layerNormEpsilon());
        this.expand = weights.linear(config.intermediateSize(), hidden, names.expand(index));
        this.contract = weights.linear(hidden, config.intermediateSize(), names.contract(index));
        this.outputNorm = weights.layerNorm(names.outputNorm(index), hidden, config.layerNormEpsilon());
    }

    static EncoderLayer load(EncoderConfig config, ModelWeights weights, TensorNames names, int index) {
        return new EncoderLayer(config, weights, names, index);
    }

    private static AttentionProjection projection(int hidden, ModelWeights weights, TensorNames names, int index) {
        if (weights.isQuantized(names.query(index))) {
            return new AttentionProjection.Fused(
                    weights.linear(hidden, hidden, names.query(index), names.key(index), names.value(index)));
        }
        return new AttentionProjection.Separate(
                weights.linear(hidden, hidden, names.query(index)),
                weights.linear(hidden, hidden, names.key(index)),
                weights.linear(hidden, hidden, names.value(index)));
    }

    /**
     * Computes the next states.
     *
     * @param states {@code [batch, tokens, hidden]}
     * @param mask {@code [batch, 1, 1, tokens]} or null
     * @param firstTokenOnly whether only the first token's state is wanted: {@code [batch, 1, hidden]}
     */
    TorchTensor apply(TorchTensor states, @Nullable TorchTensor mask, boolean firstTokenOnly) {
        TorchTensor attended = attentionOutput.apply(projection.attend(states, heads, mask, firstTokenOnly));
        TorchTensor residual = firstTokenOnly ? TorchOps.narrow(states, 1, 0, 1) : states;
        TorchTensor middle = attentionNorm.apply(TorchOps.addInPlace(attended, residual));
        TorchTensor wide = activation.applyInPlace(expand.apply(middle));
        return outputNorm.apply(TorchOps.addInPlace(contract.apply(wide), middle));
    }
}
