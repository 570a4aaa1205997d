package dev.quantgate.bench.gateway;

import dev.quantgate.bench.CaseResult;
import dev.quantgate.bench.Contender;
import dev.quantgate.bench.Contest;
import dev.quantgate.bench.Metric;
import dev.quantgate.bench.Rounds;
import dev.quantgate.bench.process.Gateway;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;

/** Processor time of a gateway that has a model loaded and nothing to do, in percent of one processor. */
record IdleContest(Gateway gateway, Duration watch) implements Contest {
    private static final double LIMIT_PERCENT = 1;
    private static final double PERCENT = 100;
    private static final double MILLIS_PER_SECOND = 1e3;
    private static final Metric CPU = Metric.lower("idle_cpu", "%").withResolution(0.01);

    @Override
    public String name() {
        return CPU.name();
    }

    @Override
    public List<CaseResult> run(Rounds rounds) throws Exception {
        var ours = new Idling();
        // The warm-up outlasts the moment in which native threads still spin after the contest before.
        var readings = rounds.withWarmUps(1).play(List.of(ours)).of(ours, CPU);
        var limit = new double[readings.length];
        Arrays.fill(limit, LIMIT_PERCENT);
        return List.of(CaseResult.of(name(), CPU, readings, limit, "limit"));
    }

    private final class Idling implements Contender {
        @Override
        public String name() {
            return "quantgate";
        }

        @Override
        public Map<String, Double> measure(int round) throws Exception {
            var before = gateway.process().cpuSeconds();
            Thread.sleep(watch.toMillis());
            var busy = gateway.process().cpuSeconds() - before;
            return Map.of(CPU.name(), busy * PERCENT * MILLIS_PER_SECOND / watch.toMillis());
        }
    }
}
