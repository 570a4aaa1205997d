package dev.quantgate.bench.encoders;

import dev.quantgate.bench.Contender;
import dev.quantgate.bench.Metric;
import java.io.IOException;
import java.util.Map;

/**
 * An engine that computes batches of one shape for a while in each round.
 *
 * @param name name as reports show it
 */
record EngineContender(String name, EngineProcess engine, InputShape shape, long millis) implements Contender {
    static final Metric LATENCY = Metric.lower("latency", "ms");

    @Override
    public Map<String, Double> measure(int round) throws IOException {
        return Map.of(LATENCY.name(), engine.millis(shape, millis));
    }
}
