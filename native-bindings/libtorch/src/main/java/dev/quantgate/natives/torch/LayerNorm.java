package dev.quantgate.natives.torch;

import org.bytedeco.pytorch.TensorOptional;
import org.bytedeco.pytorch.global.torch;

/** Layer normalisation over the last dimension, with its weights kept ready. */
public final class LayerNorm {

    private final TensorOptional weight;
    private final TensorOptional bias;
    private final long[] normalizedShape;
    private final double epsilon;

    private LayerNorm(TensorOptional weight, TensorOptional bias, long[] normalizedShape, double epsilon) {
        this.weight = weight;
        this.bias = bias;
        this.normalizedShape = normalizedShape;
        this.epsilon = epsilon;
    }

    /** Makes a layer over {@code [hidden]} weights that the arena keeps. */
    public static LayerNorm of(TensorArena arena, TorchTensor weight, TorchTensor bias, double epsilon) {
        return new LayerNorm(
                arena.keep(new TensorOptional(arena.keep(weight).handle())),
                arena.keep(new TensorOptional(arena.keep(bias).handle())),
                new long[] {weight.elements()},
                epsilon);
    }

    /** Normalises {@code [..., hidden]}. */
    public TorchTensor apply(TorchTensor input) {
        return new TorchTensor(torch.layer_norm(input.handle(), normalizedShape, weight, bias, epsilon, false));
    }
}
