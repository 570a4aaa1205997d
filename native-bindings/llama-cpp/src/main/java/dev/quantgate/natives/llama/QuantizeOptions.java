package dev.quantgate.natives.llama;

import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * What to quantise to, and how.
 *
 * @param type the aim
 * @param threads native threads; the output is the same for any number
 * @param allowRequantize accept a source that is quantised already, at a loss of quality
 * @param pure give every tensor the type's own tensor type instead of a mix
 * @param outputTensorType type of {@code output.weight}, if not the mix's own
 * @param tokenEmbeddingType type of {@code token_embd.weight}, if not the mix's own
 * @param importanceMatrix weights of the columns by tensor name; empty: none
 */
public record QuantizeOptions(
        QuantizationType type,
        int threads,
        boolean allowRequantize,
        boolean pure,
        @Nullable TensorType outputTensorType,
        @Nullable TensorType tokenEmbeddingType,
        Map<String, float[]> importanceMatrix) {
    /** Checks the options. */
    public QuantizeOptions {
        Objects.requireNonNull(type, "type");
        Checks.require(threads, 1, 512, "threads");
        importanceMatrix = Map.copyOf(importanceMatrix);
        importanceMatrix.keySet().forEach(name -> Checks.requireNoNul(name, "importanceMatrix"));
    }

    /** The plain mix of a type, with so many threads. */
    public static QuantizeOptions of(QuantizationType type, int threads) {
        return new QuantizeOptions(type, threads, false, false, null, null, Map.of());
    }

    /** The same for a source that may be quantised already. */
    public QuantizeOptions withAllowRequantize(boolean value) {
        return new QuantizeOptions(type, threads, value, pure, outputTensorType, tokenEmbeddingType, importanceMatrix);
    }

    /** The same with an importance matrix. */
    public QuantizeOptions withImportanceMatrix(Map<String, float[]> value) {
        return new QuantizeOptions(type, threads, allowRequantize, pure, outputTensorType, tokenEmbeddingType, value);
    }
}
