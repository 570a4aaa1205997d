package dev.quantgate.bench.gateway;

import dev.quantgate.bench.Bench;
import dev.quantgate.bench.CaseResult;
import dev.quantgate.bench.Contender;
import dev.quantgate.bench.Contest;
import dev.quantgate.bench.Metric;
import dev.quantgate.bench.Rounds;
import dev.quantgate.bench.process.Gateway;
import dev.quantgate.bench.process.LlamaQuantize;
import dev.quantgate.bench.process.Store;
import java.nio.file.Files;
import java.util.List;
import java.util.Map;

/** Quantising through gRPC, until the variant is published, beside llama-quantize. */
record QuantizeContest(String name, String type, Bench bench, Gateway gateway, int threads) implements Contest {
    private static final Metric SECONDS = Metric.lower("seconds", "s");
    private static final double NANOS_PER_SECOND = 1e9;

    @Override
    public List<CaseResult> run(Rounds rounds) throws Exception {
        var ours = new Ours();
        var peer = new Peer();
        return List.of(rounds.withWarmUps(1).play(List.of(ours, peer)).compare(name, SECONDS, ours, peer));
    }

    private static Map<String, Double> secondsSince(long startNanos) {
        return Map.of(SECONDS.name(), (System.nanoTime() - startNanos) / NANOS_PER_SECOND);
    }

    private final class Ours implements Contender {
        private final Store store = new Store(gateway.channel());

        @Override
        public String name() {
            return "quantgate";
        }

        @Override
        public Map<String, Double> measure(int round) {
            var start = System.nanoTime();
            store.quantize(type);
            var taken = secondsSince(start);
            store.deleteVariant(type);
            return taken;
        }
    }

    private final class Peer implements Contender {
        @Override
        public String name() {
            return "llama_quantize";
        }

        @Override
        public Map<String, Double> measure(int round) throws Exception {
            var target = bench.out().resolve(type + ".gguf");
            var start = System.nanoTime();
            new LlamaQuantize(bench.peer("llama-quantize"), threads)
                    .run(bench.model(), target, type, bench.log("llama-quantize"));
            var taken = secondsSince(start);
            Files.delete(target);
            return taken;
        }
    }
}
