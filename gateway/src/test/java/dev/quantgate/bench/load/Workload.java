package dev.quantgate.bench.load;

import java.util.List;

/**
 * Clients that run at the same time.
 *
 * @param lanes one for each client
 */
public record Workload(List<Lane> lanes) {
    public Workload {
        lanes = List.copyOf(lanes);
        if (lanes.isEmpty()) {
            throw new IllegalArgumentException("lanes: none (expected: at least one)");
        }
    }
}
