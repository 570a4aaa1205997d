package dev.quantgate.natives.torch;

import org.bytedeco.javacpp.Pointer;
import org.jspecify.annotations.Nullable;

/**
 * A linear layer with int8 weights by the kernels of {@link FusedEncoder}: activations are quantised for each row of the
 * input, so a row's result does not depend on the others.
 */
public final class FusedLinear implements LinearLayer {

    private final Handle handle;
    private final int outputs;
    private final int inputs;

    private FusedLinear(Handle handle, int outputs, int inputs) {
        this.handle = handle;
        this.outputs = outputs;
        this.inputs = inputs;
    }

    /** The native matrix, freed when nothing keeps it. */
    private static final class Handle extends Pointer {
        Handle(long product) {
            address = product;
            deallocator(() -> EncoderKernels.destroyProduct(product));
        }
    }

    /**
     * Packs a copy of the weights that the arena keeps.
     *
     * @param weight codes of {@code [outputs, inputs]} with one scale a row
     * @param bias {@code [outputs]}, float32, or null
     */
    public static FusedLinear of(TensorArena arena, QuantizedWeight weight, @Nullable TorchTensor bias) {
        EncoderKernels.requireLoaded();
        int outputs = Math.toIntExact(weight.codes().size(0));
        int inputs = Math.toIntExact(weight.codes().size(1));
        weight.scales().require("scales", DType.FLOAT32, outputs);
        weight.codes().require("codes", DType.INT8, (long) outputs * inputs);
        if (bias != null) {
            bias.require("bias", DType.FLOAT32, outputs);
        }
        long product = EncoderKernels.createProduct(
                outputs,
                inputs,
                weight.codes().address(),
                weight.scales().address(),
                bias == null ? 0 : bias.address());
        arena.count((long) outputs * (inputs + 3 * Float.BYTES));
        return new FusedLinear(arena.keep(new Handle(product)), outputs, inputs);
    }

    @Override
    public TorchTensor apply(TorchTensor input) {
        TorchTensor rows = new TorchTensor(input.handle().contiguous());
        long[] shape = input.shape();
        if (shape[shape.length - 1] != inputs || input.type() != DType.FLOAT32) {
            throw new IllegalArgumentException("input: " + input.type() + ", " + shape[shape.length - 1]
                    + " columns (expected: FLOAT32, " + inputs + ")");
        }
        shape[shape.length - 1] = outputs;
        TorchTensor result = TorchTensor.empty(shape);
        EncoderKernels.product(handle.address(), rows.elements() / inputs, rows.address(), result.address());
        return result;
    }
}
