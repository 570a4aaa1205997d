package dev.quantgate.bench.serving;

import dev.quantgate.bench.load.Workload;
import java.util.List;
import java.util.function.IntFunction;

/**
 * A way of using a server.
 *
 * @param name name in the cases
 * @param sequences requests that servers run at once
 * @param contextTokens room of each
 * @param bestFlags flags with which llama-server does best here; empty when its stock flags are the best
 * @param hasBareLoop whether the bare loop can do the same work
 * @param overGrpc whether ours is measured through gRPC as well
 * @param workload the requests of a round
 */
record Scenario(
        String name,
        int sequences,
        int contextTokens,
        List<String> bestFlags,
        boolean hasBareLoop,
        boolean overGrpc,
        IntFunction<Workload> workload) {
    Scenario {
        bestFlags = List.copyOf(bestFlags);
    }
}
