package dev.quantgate.natives.llama;

import java.util.List;

/**
 * What a quantisation would do.
 *
 * @param tensors every tensor, in the order of work, with its real target type
 * @param outputBytes about the size of the output: the tensors and what else is in the source, at most a few KiB off
 * @param needsImportanceMatrix whether it would be refused without one
 */
public record QuantizePlan(List<QuantizedTensor> tensors, long outputBytes, boolean needsImportanceMatrix) {
    /** Copies the list. */
    public QuantizePlan {
        tensors = List.copyOf(tensors);
    }
}
