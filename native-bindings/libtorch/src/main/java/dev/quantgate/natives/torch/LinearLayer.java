package dev.quantgate.natives.torch;

/** A matrix product with a bias whose weights are ready for their kernel. */
public sealed interface LinearLayer permits DenseLinear, FusedLinear, PackedLinear {

    /**
     * Multiplies the last dimension.
     *
     * @param input {@code [..., inputs]}, float32 (bfloat16 for a bfloat16 layer)
     * @return {@code [..., outputs]}, same type as the input, owned by the current scope
     */
    TorchTensor apply(TorchTensor input);
}
