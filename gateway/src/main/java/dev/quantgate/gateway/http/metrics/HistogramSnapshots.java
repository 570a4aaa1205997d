package dev.quantgate.gateway.http.metrics;

import dev.quantgate.gateway.routing.LatencyHistogram;
import io.prometheus.metrics.model.snapshots.ClassicHistogramBuckets;
import io.prometheus.metrics.model.snapshots.HistogramSnapshot;
import io.prometheus.metrics.model.snapshots.HistogramSnapshot.HistogramDataPointSnapshot;

/** Histograms as Prometheus' client takes them. */
final class HistogramSnapshots {
    private HistogramSnapshots() {}

    static HistogramSnapshot of(String name, String help, LatencyHistogram.Snapshot present) {
        return HistogramSnapshot.builder()
                .name(name)
                .help(help)
                .dataPoint(HistogramDataPointSnapshot.builder()
                        .classicHistogramBuckets(ClassicHistogramBuckets.of(present.boundsSeconds(), present.counts()))
                        .sum(present.sumSeconds())
                        .build())
                .build();
    }
}
