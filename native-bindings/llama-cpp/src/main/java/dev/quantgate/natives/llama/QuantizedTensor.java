package dev.quantgate.natives.llama;

/**
 * A tensor that was quantised, or would be.
 *
 * @param index 1 for the first
 * @param count tensors in all
 * @param name its name in the file
 * @param from type in the source
 * @param to type in the target
 * @param fromBytes size in the source
 * @param toBytes size in the target
 */
public record QuantizedTensor(
        int index, int count, String name, TensorType from, TensorType to, long fromBytes, long toBytes) {}
