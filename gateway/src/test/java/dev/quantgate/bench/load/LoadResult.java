package dev.quantgate.bench.load;

import dev.quantgate.bench.Metric;
import dev.quantgate.bench.Statistics;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.ToDoubleFunction;

/**
 * What clients saw of a workload.
 *
 * @param observed traces of the observed clients
 * @param tokens tokens generated for all clients
 * @param wallSeconds time from the first request to the last answer
 */
public record LoadResult(List<Trace> observed, int tokens, double wallSeconds) {
    /** Generated tokens in a second. */
    public static final Metric TOKENS_PER_SECOND = Metric.higher("tokens_per_s", "tokens/s");
    /** Median time to the first token. */
    public static final Metric FIRST_P50 = Metric.lower("ttft_p50", "ms");
    /** 99th percentile of the time to the first token. */
    public static final Metric FIRST_P99 = Metric.lower("ttft_p99", "ms");
    /** Median time between tokens. */
    public static final Metric GAP_P50 = Metric.lower("itl_p50", "ms");
    /** 99th percentile of the time between tokens. */
    public static final Metric GAP_P99 = Metric.lower("itl_p99", "ms");

    private static final double MIDDLE = 0.5;
    private static final double TAIL = 0.99;

    public LoadResult {
        observed = List.copyOf(observed);
    }

    /** Readings of the metrics above. */
    public Map<String, Double> readings() {
        var firsts = observed.stream().mapToDouble(Trace::firstMillis).toArray();
        var gaps = observed.stream()
                .flatMapToDouble(trace -> Arrays.stream(trace.gapsMillis()))
                .toArray();
        var readings = new HashMap<String, Double>();
        readings.put(TOKENS_PER_SECOND.name(), tokens / wallSeconds);
        put(readings, FIRST_P50, firsts, values -> Statistics.quantile(values, MIDDLE));
        put(readings, FIRST_P99, firsts, values -> Statistics.quantile(values, TAIL));
        put(readings, GAP_P50, gaps, values -> Statistics.quantile(values, MIDDLE));
        put(readings, GAP_P99, gaps, values -> Statistics.quantile(values, TAIL));
        return readings;
    }

    private static void put(
            Map<String, Double> readings, Metric metric, double[] values, ToDoubleFunction<double[]> statistic) {
        if (values.length > 0) {
            readings.put(metric.name(), statistic.applyAsDouble(values));
        }
    }
}
