package dev.quantgate.natives.torch;

import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorOptional;
import org.bytedeco.pytorch.global.torch;
import org.jspecify.annotations.Nullable;

/** A linear layer in float32 or bfloat16. */
public final class DenseLinear implements LinearLayer {

    private final Tensor weight;
    private final TensorOptional bias;

    private DenseLinear(Tensor weight, TensorOptional bias) {
        this.weight = weight;
        this.bias = bias;
    }

    /**
     * Makes a layer over weights that the arena keeps.
     *
     * @param weight {@code [outputs, inputs]}
     * @param bias {@code [outputs]} or null
     */
    public static DenseLinear of(TensorArena arena, TorchTensor weight, @Nullable TorchTensor bias) {
        TensorOptional optional = arena.keep(
                bias == null
                        ? new TensorOptional()
                        : new TensorOptional(arena.keep(bias).handle()));
        return new DenseLinear(arena.keep(weight).handle(), optional);
    }

    @Override
    public TorchTensor apply(TorchTensor input) {
        return new TorchTensor(torch.linear(input.handle(), weight, bias));
    }
}
