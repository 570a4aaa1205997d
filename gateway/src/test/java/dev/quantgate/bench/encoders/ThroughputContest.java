package dev.quantgate.bench.encoders;

import dev.quantgate.bench.Bench;
import dev.quantgate.bench.CaseResult;
import dev.quantgate.bench.Contender;
import dev.quantgate.bench.Contest;
import dev.quantgate.bench.Metric;
import dev.quantgate.bench.Rounds;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/**
 * Sixteen clients through the worker's queue, beside the same clients with batching off, and beside one client.
 *
 * @param model folder of the quantised model
 */
record ThroughputContest(Bench bench, Path model) implements Contest {
    private static final Metric TEXTS = Metric.higher("texts", "texts/s");
    private static final int CLIENTS = 16;
    private static final int MAX_BATCH = 32;
    private static final int TOKENS = 16;
    private static final long MILLIS = 1_500;
    private static final long QUICK_MILLIS = 200;

    @Override
    public String name() {
        return "throughput";
    }

    @Override
    public List<CaseResult> run(Rounds rounds) throws Exception {
        try (var engine = EngineProcess.java("torch", model, 1, bench.log("encoder-clients"))) {
            var millis = bench.quick() ? QUICK_MILLIS : MILLIS;
            var ours = new Clients("quantgate", engine, CLIENTS, MAX_BATCH, millis);
            var unbatched = new Clients("unbatched", engine, CLIENTS, 1, millis);
            var single = new Clients("one_client", engine, 1, 1, millis);
            var readings = rounds.play(List.of(ours, unbatched, single));
            return List.of(
                    readings.compare("throughput_c16_vs_unbatched", TEXTS, ours, unbatched),
                    readings.compare("throughput_c16_vs_one_client", TEXTS, ours, single));
        }
    }

    private record Clients(String name, EngineProcess engine, int clients, int maxBatch, long millis)
            implements Contender {
        @Override
        public Map<String, Double> measure(int round) throws IOException {
            return Map.of(TEXTS.name(), engine.textsPerSecond(clients, maxBatch, TOKENS, millis));
        }
    }
}
