package dev.quantgate.bench.gateway;

import dev.quantgate.bench.CaseResult;
import dev.quantgate.bench.Contender;
import dev.quantgate.bench.Contest;
import dev.quantgate.bench.Metric;
import dev.quantgate.bench.Rounds;
import dev.quantgate.bench.Statistics;
import dev.quantgate.bench.engine.PromptMaker;
import dev.quantgate.bench.process.Gateway;
import dev.quantgate.bench.process.Store;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;

/**
 * Decode steps that run after a client has cancelled. The prompt takes one step, which gives the first token, and each
 * later step gives one: so steps beyond the tokens that came before the cancel are steps too many.
 */
record CancelContest(Gateway gateway, PromptMaker prompts, int cancels) implements Contest {
    private static final double LIMIT = 2;
    private static final Metric STEPS = Metric.lower("cancel_steps", "steps").withResolution(1);
    private static final int PROMPT_TOKENS = 16;
    private static final int TOKENS_BEFORE_CANCEL = 20;
    // Workers report their figures once a second.
    private static final long IDLE_CHECK_MILLIS = 2500;

    @Override
    public String name() {
        return STEPS.name();
    }

    @Override
    public List<CaseResult> run(Rounds rounds) throws Exception {
        var ours = new Cancelling();
        var readings = rounds.play(List.of(ours)).of(ours, STEPS);
        var limit = new double[readings.length];
        Arrays.fill(limit, LIMIT);
        return List.of(CaseResult.of(name(), STEPS, readings, limit, "limit"));
    }

    private final class Cancelling implements Contender {
        private final Store store = new Store(gateway.channel());

        @Override
        public String name() {
            return "quantgate";
        }

        @Override
        public Map<String, Double> measure(int round) throws Exception {
            var steps = new ArrayList<Double>();
            for (int i = 0; i < cancels; i++) {
                steps.add(stepsAfterCancel((long) round * cancels + i));
            }
            return Map.of(
                    STEPS.name(),
                    Statistics.quantile(
                            steps.stream().mapToDouble(Double::doubleValue).toArray(), 1));
        }

        private double stepsAfterCancel(long seed) throws Exception {
            var before = settledSteps();
            var received = new CancelledStream(gateway.channel(), prompts.make(PROMPT_TOKENS, seed))
                    .cancelAfter(TOKENS_BEFORE_CANCEL);
            return settledSteps() - before - received;
        }

        /** The step counter once nothing runs any more. */
        private double settledSteps() throws InterruptedException {
            var steps = store.statistic("decode_steps");
            while (true) {
                Thread.sleep(IDLE_CHECK_MILLIS);
                var again = store.statistic("decode_steps");
                if (again == steps) {
                    return steps;
                }
                steps = again;
            }
        }
    }
}
