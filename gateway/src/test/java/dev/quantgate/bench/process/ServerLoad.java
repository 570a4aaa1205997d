package dev.quantgate.bench.process;

import dev.quantgate.bench.Contender;
import dev.quantgate.bench.Metric;
import dev.quantgate.bench.load.LoadDriver;
import dev.quantgate.bench.load.Workload;
import java.util.HashMap;
import java.util.Map;
import java.util.function.IntFunction;

/**
 * A server under load as a contender.
 *
 * @param name its name
 * @param driver runs workloads against it
 * @param process the server
 * @param workload what to run in a round
 */
public record ServerLoad(String name, LoadDriver driver, ServerProcess process, IntFunction<Workload> workload)
        implements Contender {
    /** Processor time of the server for 1,000 generated tokens. */
    public static final Metric CPU = Metric.lower("cpu", "s/1000 tokens");
    /** Memory of the server that is in RAM after the workload. */
    public static final Metric RESIDENT = Metric.lower("rss", "MiB");

    private static final double BYTES_PER_MIB = 1 << 20;
    private static final double CPU_TOKENS = 1000;

    @Override
    public void warmUp(int round) throws Exception {
        var unused = driver.run(workload.apply(round).shortened());
    }

    @Override
    public Map<String, Double> measure(int round) throws Exception {
        var before = process.cpuSeconds();
        var result = driver.run(workload.apply(round));
        var readings = new HashMap<String, Double>(result.readings());
        readings.put(CPU.name(), (process.cpuSeconds() - before) * CPU_TOKENS / result.tokens());
        readings.put(RESIDENT.name(), process.residentBytes() / BYTES_PER_MIB);
        return readings;
    }
}
