package dev.quantgate.natives.torch;

import org.bytedeco.pytorch.IValue;
import org.bytedeco.pytorch.global.torch;
import org.jspecify.annotations.Nullable;

/**
 * A linear layer with int8 weights packed for the engine; activations are quantised per call ("dynamic").
 *
 * <p>The packed form belongs to the engine that was set when it was made.
 */
public final class PackedLinear implements LinearLayer {

    private static final Operator PREPACK = Operator.named("quantized::linear_prepack");
    private static final Operator LINEAR = Operator.named("quantized::linear_dynamic");

    private final IValue packed;
    private final IValue reduceRange;

    private PackedLinear(IValue packed, IValue reduceRange) {
        this.packed = packed;
        this.reduceRange = reduceRange;
    }

    /**
     * Packs int8 weights; the arena keeps the packed copy and the bias, the codes are not needed
     * afterwards.
     *
     * @param weight codes and scales of {@code [outputs, inputs]}
     * @param bias {@code [outputs]}, float32, or null
     * @param reduceRange whether activations use 7 bits (0..127), as torch's quantize_dynamic does; 8 bits overflow on a
     *     processor without {@link CpuFeatures#int8DotProduct}
     */
    public static PackedLinear of(
            TensorArena arena, QuantizedWeight weight, @Nullable TorchTensor bias, boolean reduceRange) {
        IValue biasValue =
                bias == null ? new IValue() : new IValue(arena.keep(bias).handle());
        arena.count(packedBytes(weight));
        IValue packed = PREPACK.call(new IValue(weight.toQuantizedTensor()), biasValue);
        return new PackedLinear(arena.keep(new IValue(packed)), arena.keep(new IValue(reduceRange)));
    }

    /** oneDNN keeps the codes in their first order beside the packed ones; all keep the scales. */
    private static long packedBytes(QuantizedWeight weight) {
        boolean both = torch.globalContext().qEngine().value == QuantizedEngine.ONEDNN.nativeEngine().value;
        return weight.codes().bytes() * (both ? 2 : 1) + weight.scales().bytes();
    }

    @Override
    public TorchTensor apply(TorchTensor input) {
        return new TorchTensor(
                LINEAR.call(new IValue(input.handle()), packed, reduceRange).toTensor());
    }
}
