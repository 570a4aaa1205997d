package dev.quantgate.gateway.http.metrics;

import dev.quantgate.worker.api.WorkerDirectory;
import dev.quantgate.worker.api.WorkerStatus;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.MultiGauge;
import io.micrometer.core.instrument.Tags;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** What each worker says of itself, one gauge for each figure: {@code quantgate_worker_<figure>}. */
final class WorkerGauges {
    private final MeterRegistry registry;
    private final WorkerDirectory directory;
    private final Map<String, MultiGauge> gauges = new HashMap<>();

    WorkerGauges(MeterRegistry registry, WorkerDirectory directory) {
        this.registry = registry;
        this.directory = directory;
    }

    /** Takes the present figures; those of workers that are gone disappear. */
    void update() {
        var rows = new HashMap<String, List<MultiGauge.Row<?>>>();
        gauges.keySet().forEach(figure -> rows.put(figure, new ArrayList<>()));
        for (var connected : directory.workers()) {
            var status = connected.worker().status();
            var tags = Tags.of("worker", status.id(), "backend", status.backend());
            figures(status, connected.lost())
                    .forEach((figure, value) -> rows.computeIfAbsent(figure, first -> new ArrayList<>())
                            .add(MultiGauge.Row.of(tags, value)));
        }
        rows.forEach(
                (figure, present) -> gauges.computeIfAbsent(figure, this::gauge).register(present, true));
    }

    private static Map<String, Double> figures(WorkerStatus status, boolean lost) {
        var figures = new HashMap<>(status.statistics());
        figures.put("up", lost ? 0.0 : 1.0);
        figures.put("running", (double) status.running());
        figures.put("queued", (double) status.queued());
        figures.put("models_loaded", (double) status.loaded().size());
        figures.put("resident_bytes", (double) status.residentBytes());
        return figures;
    }

    private MultiGauge gauge(String figure) {
        return MultiGauge.builder("quantgate.worker." + figure)
                .description("What the worker says of itself: " + figure)
                .register(registry);
    }
}
