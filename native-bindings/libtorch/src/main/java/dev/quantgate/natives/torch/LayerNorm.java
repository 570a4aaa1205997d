package dev.quantgate.natives.torch;

import org.bytedeco.pytorch.TensorOptional;
import org.bytedeco.pytorch.global.torch;

/** Layer normalisation over the last dimension, with its weights kept ready. */
public final class LayerNorm {

    private final TorchTensor weightVector;
    private final TorchTensor biasVector;
    private final TensorOptional weight;
    private final TensorOptional bias;
    private final long[] normalizedShape;
    private final double epsilon;

    private LayerNorm(TensorArena arena, TorchTensor weight, TorchTensor bias, double epsilon) {
        this.weightVector = arena.keep(weight);
        this.biasVector = arena.keep(bias);
        this.weight = arena.keep(new TensorOptional(weight.handle()));
        this.bias = arena.keep(new TensorOptional(bias.handle()));
        this.normalizedShape = new long[] {weight.elements()};
        this.epsilon = epsilon;
    }

    /** Makes a layer over {@code [hidden]} weights that the arena keeps. */
    public static LayerNorm of(TensorArena arena, TorchTensor weight, TorchTensor bias, double epsilon) {
        return new LayerNorm(arena, weight, bias, epsilon);
    }

    /** Factors: {@code [hidden]}. */
    public TorchTensor weight() {
        return weightVector;
    }

    /** What is added: {@code [hidden]}. */
    public TorchTensor bias() {
        return biasVector;
    }

    /** Normalises {@code [..., hidden]}. */
    public TorchTensor apply(TorchTensor input) {
        return new TorchTensor(torch.layer_norm(input.handle(), normalizedShape, weight, bias, epsilon, false));
    }
}
