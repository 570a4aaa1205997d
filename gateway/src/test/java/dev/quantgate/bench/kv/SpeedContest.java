package dev.quantgate.bench.kv;

import dev.quantgate.bench.Bench;
import dev.quantgate.bench.CaseResult;
import dev.quantgate.bench.Contender;
import dev.quantgate.bench.Contest;
import dev.quantgate.bench.Metric;
import dev.quantgate.bench.Rounds;
import dev.quantgate.natives.llama.LlamaModel;
import dev.quantgate.natives.llama.TensorType;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** How fast a prompt is computed, and single tokens behind it, with each type of cache. */
@SuppressWarnings("ArrayRecordComponent") // Handed over once; never compared.
record SpeedContest(Bench bench, LlamaModel model, int[] tokens) implements Contest {
    private static final Metric PREFILL = Metric.higher("prefill", "tokens/s");
    private static final Metric DECODE = Metric.higher("decode", "tokens/s");
    private static final int PROMPT_TOKENS = 2048;
    private static final int TEXT_TOKENS = 64;
    private static final int QUICK_DIVISOR = 8;
    private static final double NANOS_PER_SECOND = 1e9;

    @Override
    public String name() {
        return "speed";
    }

    @Override
    public List<CaseResult> run(Rounds rounds) throws Exception {
        var contenders = new ArrayList<Runner>();
        try {
            var exact = runner(TensorType.F16);
            contenders.add(exact);
            for (var type : KvSuite.REDUCED) {
                contenders.add(runner(type));
            }
            var readings = rounds.play(contenders);
            var cases = new ArrayList<CaseResult>();
            for (var reduced : contenders.subList(1, contenders.size())) {
                for (var metric : List.of(PREFILL, DECODE)) {
                    cases.add(
                            readings.compare(reduced.name() + "_" + metric.name() + "_vs_f16", metric, reduced, exact));
                }
            }
            return cases;
        } finally {
            contenders.forEach(Runner::close);
        }
    }

    private Runner runner(TensorType type) {
        var prompt = Math.min(tokens.length - TEXT_TOKENS, PROMPT_TOKENS / (bench.quick() ? QUICK_DIVISOR : 1));
        return new Runner(type, new KvContext(model, type, prompt + TEXT_TOKENS, bench.threads()), tokens, prompt);
    }

    @SuppressWarnings("ArrayRecordComponent") // As above.
    private record Runner(TensorType type, KvContext context, int[] tokens, int promptTokens)
            implements Contender, AutoCloseable {
        @Override
        public String name() {
            return KvSuite.name(type);
        }

        @Override
        public Map<String, Double> measure(int round) {
            context.clear();
            var start = System.nanoTime();
            for (int from = 0; from < promptTokens; from += KvContext.BATCH_TOKENS) {
                context.decode(tokens, from, Math.min(promptTokens, from + KvContext.BATCH_TOKENS), false);
            }
            var middle = System.nanoTime();
            for (int i = promptTokens; i < promptTokens + TEXT_TOKENS; i++) {
                context.decode(tokens, i, i + 1, true);
            }
            var end = System.nanoTime();
            return Map.of(
                    PREFILL.name(), promptTokens * NANOS_PER_SECOND / (middle - start),
                    DECODE.name(), TEXT_TOKENS * NANOS_PER_SECOND / (end - middle));
        }

        @Override
        public void close() {
            context.close();
        }
    }
}
