package dev.quantgate.gateway.http.metrics;

import dev.quantgate.gateway.routing.InferenceMetrics;
import dev.quantgate.gateway.routing.LatencyHistogram;
import dev.quantgate.gateway.routing.Routing;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.binder.jvm.JvmMemoryMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmThreadMetrics;
import io.micrometer.core.instrument.binder.system.ProcessorMetrics;
import io.micrometer.core.instrument.binder.system.UptimeMetrics;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.util.HashSet;
import java.util.Set;
import java.util.function.ToDoubleFunction;

/** All figures as one page of text: calls, tokens and times of this gateway, gauges of each worker, and the JVM's own. */
final class MetricsPage {
    private final PrometheusMeterRegistry registry = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
    private final InferenceMetrics inference;
    private final WorkerGauges workers;
    private final Set<InferenceMetrics.Ending> counted = new HashSet<>();

    MetricsPage(Routing routing) {
        inference = routing.inference().metrics();
        workers = new WorkerGauges(registry, routing.directory());
        Gauge.builder("quantgate.calls.running", routing.admission(), admission -> admission.running())
                .description("Calls that run at the gateway")
                .register(registry);
        tokens("quantgate.prompt.tokens", "Tokens of prompts", InferenceMetrics::promptTokens);
        tokens("quantgate.generated.tokens", "Tokens generated", InferenceMetrics::generatedTokens);
        tokens("quantgate.cached.tokens", "Tokens of prompts from a prefix cache", InferenceMetrics::cachedTokens);
        tokens("quantgate.drafted.tokens", "Tokens guessed ahead and computed", InferenceMetrics::draftedTokens);
        tokens(
                "quantgate.accepted.draft.tokens",
                "Guessed tokens that became part of a text",
                InferenceMetrics::acceptedDraftTokens);
        histogram(
                "quantgate_time_to_first_token_seconds",
                "From a generation's arrival to its first token",
                inference.timeToFirstToken());
        histogram(
                "quantgate_inter_token_latency_seconds", "Between the tokens of a generation", inference.interToken());
        histogram("quantgate_queue_seconds", "From arrival at a worker to the start of the prompt", inference.queue());
        histogram("quantgate_prefill_seconds", "Processing of prompts", inference.prefill());
        new JvmMemoryMetrics().bindTo(registry);
        new JvmThreadMetrics().bindTo(registry);
        new ProcessorMetrics().bindTo(registry);
        new UptimeMetrics().bindTo(registry);
    }

    /** Prometheus' text format, version 0.0.4. One thread at a time. */
    String text() {
        inference.endings().keySet().stream().filter(counted::add).forEach(this::count);
        workers.update();
        return registry.scrape();
    }

    private void count(InferenceMetrics.Ending ending) {
        FunctionCounter.builder(
                        "quantgate.requests",
                        inference,
                        metrics -> metrics.endings().getOrDefault(ending, 0L))
                .description("Calls to models that have ended")
                .tag("method", ending.method())
                .tag("outcome", ending.outcome())
                .register(registry);
    }

    private void tokens(String name, String description, ToDoubleFunction<InferenceMetrics> value) {
        FunctionCounter.builder(name, inference, value).description(description).register(registry);
    }

    private void histogram(String name, String description, LatencyHistogram histogram) {
        registry.getPrometheusRegistry().register(() -> HistogramSnapshots.of(name, description, histogram.snapshot()));
    }
}
