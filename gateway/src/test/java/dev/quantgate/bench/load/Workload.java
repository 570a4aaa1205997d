package dev.quantgate.bench.load;

import java.util.List;

/**
 * Clients that run at the same time.
 *
 * @param lanes one for each client
 */
public record Workload(List<Lane> lanes) {
    private static final int SHORTENING = 4;

    public Workload {
        lanes = List.copyOf(lanes);
        if (lanes.isEmpty()) {
            throw new IllegalArgumentException("lanes: none (expected: at least one)");
        }
    }

    /** A quarter of the clients with a quarter of the text of one request each. */
    public Workload shortened() {
        return new Workload(lanes.stream()
                .limit(Math.max(1, lanes.size() / SHORTENING))
                .map(lane -> Lane.of(List.of(shortened(lane.requests().get(0)))))
                .toList());
    }

    private static Request shortened(Request request) {
        return new Request(
                request.prompt(),
                Math.max(1, request.maxTokens() / SHORTENING),
                request.sampler(),
                request.seed(),
                request.jsonSchema());
    }
}
