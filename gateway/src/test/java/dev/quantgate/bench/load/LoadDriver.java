package dev.quantgate.bench.load;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;

/** Runs workloads against a server: each client sends its next request when the answer to the one before is complete. */
public final class LoadDriver {
    private static final double NANOS_PER_SECOND = 1e9;
    private static final long PATIENCE_SECONDS = 300;

    private final StreamClient client;

    public LoadDriver(StreamClient client) {
        this.client = client;
    }

    /** Runs a workload to its end. */
    public LoadResult run(Workload workload) throws Exception {
        var start = System.nanoTime();
        var lanes = workload.lanes().stream().map(this::startLane).toList();
        CompletableFuture.allOf(lanes.toArray(CompletableFuture[]::new)).get(PATIENCE_SECONDS, TimeUnit.SECONDS);
        var wallSeconds = (System.nanoTime() - start) / NANOS_PER_SECOND;
        var observed = new ArrayList<Trace>();
        var tokens = 0;
        for (int i = 0; i < lanes.size(); i++) {
            var traces = lanes.get(i).join();
            tokens += traces.stream().mapToInt(Trace::tokens).sum();
            if (workload.lanes().get(i).observed()) {
                observed.addAll(traces);
            }
        }
        return new LoadResult(observed, tokens, wallSeconds);
    }

    private CompletableFuture<List<Trace>> startLane(Lane lane) {
        var traces = new ArrayList<Trace>();
        var delayMillis = lane.startAfter().toMillis();
        CompletionStage<?> start = delayMillis == 0
                ? CompletableFuture.completedFuture(null)
                : CompletableFuture.runAsync(
                        () -> {}, CompletableFuture.delayedExecutor(delayMillis, TimeUnit.MILLISECONDS));
        for (var request : lane.requests()) {
            start = start.thenCompose(done -> client.send(request)).thenAccept(traces::add);
        }
        return start.thenApply(done -> List.copyOf(traces)).toCompletableFuture();
    }
}
