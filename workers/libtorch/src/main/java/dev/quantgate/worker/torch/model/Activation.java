package dev.quantgate.worker.torch.model;

import dev.quantgate.natives.torch.FusedEncoder;
import dev.quantgate.natives.torch.TorchOps;
import dev.quantgate.natives.torch.TorchTensor;

/** The function between the two matrices of a feed-forward block. */
enum Activation {
    GELU,
    GELU_TANH,
    RELU,
    SILU;

    static Activation of(String name) {
        return switch (name) {
            case "gelu" -> GELU;
            case "gelu_new", "gelu_fast", "gelu_pytorch_tanh" -> GELU_TANH;
            case "relu" -> RELU;
            case "silu", "swish" -> SILU;
            default ->
                throw new InvalidModelException("config.json: activation '" + name
                        + "' (expected: gelu, gelu_new, gelu_fast, gelu_pytorch_tanh, relu, silu or swish)");
        };
    }

    TorchTensor applyInPlace(TorchTensor target) {
        return switch (this) {
            case GELU -> TorchOps.geluInPlace(target);
            case GELU_TANH -> TorchOps.geluTanhInPlace(target);
            case RELU -> TorchOps.reluInPlace(target);
            case SILU -> TorchOps.siluInPlace(target);
        };
    }

    FusedEncoder.Function function() {
        return switch (this) {
            case GELU -> FusedEncoder.Function.GELU;
            case GELU_TANH -> FusedEncoder.Function.GELU_TANH;
            case RELU -> FusedEncoder.Function.RELU;
            case SILU -> FusedEncoder.Function.SILU;
        };
    }
}
