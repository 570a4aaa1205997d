package dev.quantgate.bench;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** What contenders read in each round. */
public final class Readings {
    private final Map<String, List<Map<String, Double>>> byContender = new HashMap<>();

    void add(String contender, Map<String, Double> round) {
        byContender.computeIfAbsent(contender, name -> new ArrayList<>()).add(Map.copyOf(round));
    }

    /** The readings of one metric, round by round. */
    public double[] of(Contender contender, Metric metric) {
        return byContender.getOrDefault(contender.name(), List.of()).stream()
                .mapToDouble(round -> reading(round, contender, metric))
                .toArray();
    }

    /** Compares two contenders. */
    public CaseResult compare(String caseName, Metric metric, Contender ours, Contender peer) {
        return CaseResult.of(caseName, metric, of(ours, metric), of(peer, metric), peer.name());
    }

    private static double reading(Map<String, Double> round, Contender contender, Metric metric) {
        var value = round.get(metric.name());
        if (value == null) {
            throw new IllegalStateException(contender.name() + " did not measure " + metric.name());
        }
        return value;
    }
}
