package dev.quantgate.bench.kv;

import dev.quantgate.bench.Bench;
import dev.quantgate.bench.CaseResult;
import dev.quantgate.bench.Contest;
import dev.quantgate.bench.Metric;
import dev.quantgate.bench.Rounds;
import dev.quantgate.natives.llama.LlamaModel;
import dev.quantgate.natives.llama.TensorType;
import java.util.Arrays;
import java.util.List;

/**
 * How a quantised cache changes what a model predicts. Windows of a text are computed with the type and with f16 side by
 * side; the second half of each is scored, so that every scored token looks back on at least half a window of cache.
 */
@SuppressWarnings("ArrayRecordComponent") // Handed over once; never compared.
record QualityContest(Bench bench, LlamaModel model, TensorType type, int[] tokens) implements Contest {
    static final int WINDOW_TOKENS = 1024;

    private static final int QUICK_WINDOWS = 1;
    private static final double BYTES_PER_KIB = 1024;
    private static final double SMALLEST_KL = 1e-6;

    @Override
    public String name() {
        return "quality_" + KvSuite.name(type);
    }

    @Override
    public List<CaseResult> run(Rounds rounds) {
        var windows = tokens.length / WINDOW_TOKENS;
        if (windows == 0) {
            throw new IllegalStateException(
                    tokens.length + " tokens of text (expected: at least " + WINDOW_TOKENS + ")");
        }
        if (bench.quick()) {
            windows = Math.min(QUICK_WINDOWS, windows);
        }
        var score = new Divergence();
        double ours;
        double exact;
        try (var reduced = new KvContext(model, type, WINDOW_TOKENS, bench.threads());
                var full = new KvContext(model, TensorType.F16, WINDOW_TOKENS, bench.threads())) {
            for (int i = 0; i < windows; i++) {
                reduced.clear();
                full.clear();
                score(reduced, full, Arrays.copyOfRange(tokens, i * WINDOW_TOKENS, (i + 1) * WINDOW_TOKENS), score);
            }
            ours = reduced.bytesPerToken(WINDOW_TOKENS) / BYTES_PER_KIB;
            exact = full.bytesPerToken(WINDOW_TOKENS) / BYTES_PER_KIB;
        }
        return List.of(
                result(Metric.lower("perplexity", "perplexity"), score.perplexity(), score.exactPerplexity()),
                result(Metric.lower("kl", "nats").withResolution(SMALLEST_KL), score.kl(), 0),
                result(Metric.higher("top1", "% same"), score.agreementPercent(), 100),
                result(Metric.lower("kv", "KiB/token"), ours, exact));
    }

    private static void score(KvContext reduced, KvContext full, int[] window, Divergence score) {
        for (int from = 0; from < WINDOW_TOKENS; from += KvContext.BATCH_TOKENS) {
            var to = from + KvContext.BATCH_TOKENS;
            var scored = from >= WINDOW_TOKENS / 2;
            reduced.decode(window, from, to, scored);
            full.decode(window, from, to, scored);
            for (int i = from; scored && i < Math.min(to, WINDOW_TOKENS - 1); i++) {
                score.add(reduced.logits(i - from), full.logits(i - from), window[i + 1]);
            }
        }
    }

    private CaseResult result(Metric metric, double ours, double peer) {
        return CaseResult.of(
                KvSuite.name(type) + "_" + metric.name() + "_vs_f16",
                metric,
                new double[] {ours},
                new double[] {peer},
                "f16");
    }
}
