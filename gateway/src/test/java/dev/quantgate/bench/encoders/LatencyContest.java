package dev.quantgate.bench.encoders;

import dev.quantgate.bench.Bench;
import dev.quantgate.bench.CaseResult;
import dev.quantgate.bench.Contest;
import dev.quantgate.bench.Metric;
import dev.quantgate.bench.Rounds;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * Forms of one model beside the same forms in another engine: latency by shape, memory, each pair in the same rounds.
 *
 * @param name name of the contest
 * @param suffix what follows the peer in the names of cases, empty for the main model
 * @param forms what is compared
 */
record LatencyContest(String name, String peer, String suffix, List<Form> forms, int threads, Bench bench)
        implements Contest {
    private static final long MILLIS = 500;
    private static final long QUICK_MILLIS = 100;
    // Engines sleep at once when they have answered, and are warm after a round.
    private static final Duration SETTLE = Duration.ofMillis(100);
    private static final Metric RESIDENT = Metric.lower("rss", "MiB");

    /** Opens one side. */
    @FunctionalInterface
    interface Opening {
        EngineProcess open(int threads) throws Exception;
    }

    /**
     * A form of the model on both sides.
     *
     * @param mode name of our precision
     */
    record Form(String mode, Opening ours, Opening peer) {}

    private record Pair(String mode, EngineProcess ours, EngineProcess peer) {}

    @Override
    public List<CaseResult> run(Rounds rounds) throws Exception {
        var pairs = new ArrayList<Pair>();
        try {
            for (var form : forms) {
                pairs.add(new Pair(
                        form.mode(), form.ours().open(threads), form.peer().open(threads)));
            }
            return measure(rounds.withWarmUps(1).withSettle(SETTLE), pairs);
        } finally {
            for (var pair : pairs) {
                pair.ours().close();
                pair.peer().close();
            }
        }
    }

    private List<CaseResult> measure(Rounds rounds, List<Pair> pairs) throws Exception {
        var cases = new ArrayList<CaseResult>();
        var millis = bench.quick() ? QUICK_MILLIS : MILLIS;
        for (var shape : InputShape.ALL) {
            for (var pair : pairs) {
                var ours = new EngineContender("quantgate", pair.ours(), shape, millis);
                var theirs = new EngineContender(peer, pair.peer(), shape, millis);
                cases.add(rounds.play(List.of(ours, theirs))
                        .compare(
                                "latency_" + pair.mode() + "_" + shape + "_t" + threads + "_vs_" + peer + suffix,
                                EngineContender.LATENCY,
                                ours,
                                theirs));
            }
        }
        if (threads == 1) {
            for (var pair : pairs) {
                cases.add(CaseResult.of(
                        "rss_" + pair.mode() + "_vs_" + peer + suffix,
                        RESIDENT,
                        new double[] {pair.ours().residentMib()},
                        new double[] {pair.peer().residentMib()},
                        peer));
            }
        }
        return cases;
    }
}
