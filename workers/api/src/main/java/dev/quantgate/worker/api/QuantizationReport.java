package dev.quantgate.worker.api;

import java.time.Duration;
import java.util.Map;

/**
 * What quantising changed, measured.
 *
 * @param sourceBytes size of the source's weights
 * @param quantizedBytes size of the variant's weights
 * @param duration wall time
 * @param quality measured figures by name, such as {@code cosine_mean} (0 to 1) or {@code label_agreement} (0 to 1)
 * @param tensorTypes real mix: tensor type to number of tensors
 */
public record QuantizationReport(
        long sourceBytes,
        long quantizedBytes,
        Duration duration,
        Map<String, Double> quality,
        Map<String, Long> tensorTypes) {

    public QuantizationReport {
        quality = Map.copyOf(quality);
        tensorTypes = Map.copyOf(tensorTypes);
    }
}
