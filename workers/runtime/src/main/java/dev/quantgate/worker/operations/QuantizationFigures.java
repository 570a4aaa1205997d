package dev.quantgate.worker.operations;

import dev.quantgate.worker.api.QuantizationReport;
import dev.quantgate.worker.store.VariantManifest;
import java.time.Duration;
import java.util.Map;
import java.util.TreeMap;

/** A {@link QuantizationReport} as the named figures of a manifest: sizes and time, and quality as measured. */
final class QuantizationFigures {
    private static final String SOURCE_BYTES = "source_bytes";
    private static final String QUANTIZED_BYTES = "quantized_bytes";
    private static final String DURATION_MILLIS = "duration_millis";
    private static final String QUALITY = "quality.";

    private QuantizationFigures() {}

    static Map<String, Double> toMap(QuantizationReport report) {
        var figures = new TreeMap<String, Double>();
        report.quality().forEach((name, value) -> figures.put(QUALITY + name, value));
        figures.put(SOURCE_BYTES, (double) report.sourceBytes());
        figures.put(QUANTIZED_BYTES, (double) report.quantizedBytes());
        figures.put(DURATION_MILLIS, (double) report.duration().toMillis());
        return figures;
    }

    static QuantizationReport of(VariantManifest manifest) {
        var quality = new TreeMap<String, Double>();
        manifest.figures().forEach((name, value) -> {
            if (name.startsWith(QUALITY)) {
                quality.put(name.substring(QUALITY.length()), value);
            }
        });
        return new QuantizationReport(
                whole(manifest, SOURCE_BYTES),
                whole(manifest, QUANTIZED_BYTES),
                Duration.ofMillis(whole(manifest, DURATION_MILLIS)),
                quality,
                manifest.tensorTypes());
    }

    private static long whole(VariantManifest manifest, String name) {
        return manifest.figures().getOrDefault(name, 0.0).longValue();
    }
}
