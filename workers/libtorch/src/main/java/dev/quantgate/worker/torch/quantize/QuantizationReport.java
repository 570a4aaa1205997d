package dev.quantgate.worker.torch.quantize;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * What quantising an encoder changed, measured.
 *
 * @param precision the new form
 * @param sourceBytes tensor data before
 * @param quantizedBytes tensor data after
 * @param duration wall time of all of it
 * @param layers error of every matrix that was rounded to int8
 * @param cosineMean mean cosine of the answers to the source's, 0 to 1, on a fixed sample of sentences
 * @param cosineLeast least cosine of one answer
 * @param labelAgreement part of the answers with the same best label or token, 0 to 1; NaN without labels
 * @param latencyBeforeMillis median latency of a sentence before
 * @param latencyAfterMillis median latency of a sentence after
 * @param residentBeforeBytes memory growth by the source
 * @param residentAfterBytes memory growth by the quantised form
 */
public record QuantizationReport(
        Precision precision,
        long sourceBytes,
        long quantizedBytes,
        Duration duration,
        List<LayerError> layers,
        double cosineMean,
        double cosineLeast,
        double labelAgreement,
        double latencyBeforeMillis,
        double latencyAfterMillis,
        long residentBeforeBytes,
        long residentAfterBytes) {

    public QuantizationReport {
        layers = List.copyOf(layers);
    }

    /** The figures by name, without the single layers. */
    public Map<String, Double> figures() {
        Map<String, Double> figures = new TreeMap<>();
        figures.put("cosine_mean", cosineMean);
        figures.put("cosine_least", cosineLeast);
        if (!Double.isNaN(labelAgreement)) {
            figures.put("label_agreement", labelAgreement);
        }
        figures.put("latency_before_ms", latencyBeforeMillis);
        figures.put("latency_after_ms", latencyAfterMillis);
        figures.put("resident_before_bytes", (double) residentBeforeBytes);
        figures.put("resident_after_bytes", (double) residentAfterBytes);
        figures.put("size_ratio", (double) sourceBytes / quantizedBytes);
        figures.put(
                "layer_error_mean",
                layers.stream().mapToDouble(LayerError::relative).average().orElse(0));
        figures.put(
                "layer_error_most",
                layers.stream().mapToDouble(LayerError::relative).max().orElse(0));
        return figures;
    }
}
