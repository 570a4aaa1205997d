package dev.quantgate.bench.engine;

import dev.quantgate.bench.Contender;
import dev.quantgate.bench.load.Workload;
import java.util.Map;
import java.util.function.IntFunction;

/**
 * The bare loop as a contender.
 *
 * @param loop the loop
 * @param workload what to run in a round
 */
public record EngineLoad(BareLoop loop, IntFunction<Workload> workload) implements Contender {
    @Override
    public String name() {
        return "bare_loop";
    }

    @Override
    public void warmUp(int round) {
        var unused = loop.run(workload.apply(round).shortened());
    }

    @Override
    public Map<String, Double> measure(int round) {
        return loop.run(workload.apply(round)).readings();
    }
}
