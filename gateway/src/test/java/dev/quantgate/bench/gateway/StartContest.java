package dev.quantgate.bench.gateway;

import dev.quantgate.bench.Bench;
import dev.quantgate.bench.CaseResult;
import dev.quantgate.bench.Contender;
import dev.quantgate.bench.Contest;
import dev.quantgate.bench.Metric;
import dev.quantgate.bench.Rounds;
import dev.quantgate.bench.engine.EngineModel;
import dev.quantgate.bench.load.GrpcStreamClient;
import dev.quantgate.bench.load.LoadDriver;
import dev.quantgate.bench.load.OpenAiStreamClient;
import dev.quantgate.bench.load.StreamClient;
import dev.quantgate.bench.process.Gateway;
import dev.quantgate.bench.process.LlamaServer;
import dev.quantgate.bench.process.ServerProcess;
import dev.quantgate.bench.process.Shape;
import dev.quantgate.bench.process.Store;
import io.vertx.core.Vertx;
import java.nio.file.Files;
import java.util.List;
import java.util.Map;

/**
 * A fresh server: time from the start of its process to the first token at a client, and the memory that it then takes
 * besides the model's file and the KV cache.
 */
record StartContest(Bench bench, Shape shape, EngineModel engine) implements Contest {
    private static final Metric START = Metric.lower("start_to_first_token", "s");
    private static final Metric RESIDENT = Metric.lower("rss_overhead", "MiB").withResolution(1);
    private static final double MILLIS_PER_SECOND = 1e3;
    private static final double NANOS_PER_SECOND = 1e9;
    private static final double BYTES_PER_MIB = 1 << 20;
    // The peer is told its model at the start as well.
    private static final Map<String, String> PRELOAD = Map.of("QUANTGATE_WORKERS_PRELOAD", Store.MODEL);
    private static final int PROMPT_TOKENS = 16;
    private static final int MAX_TOKENS = 8;
    private static final long IDLE_MILLIS = 500;

    @Override
    public String name() {
        return START.name();
    }

    @Override
    public List<CaseResult> run(Rounds rounds) throws Exception {
        var vertx = Vertx.vertx();
        try {
            var ours = new Ours();
            var peer = new Peer(vertx);
            importModel();
            var readings = rounds.withWarmUps(1).play(List.of(ours, peer));
            return List.of(
                    readings.compare(START.name(), START, ours, peer),
                    readings.compare(RESIDENT.name(), RESIDENT, ours, peer));
        } finally {
            vertx.close().toCompletionStage().toCompletableFuture().join();
        }
    }

    private void importModel() throws Exception {
        try (var gateway = startGateway(Map.of())) {
            new Store(gateway.channel()).importOnce(bench.model());
        }
    }

    private Gateway startGateway(Map<String, String> settings) throws Exception {
        return Gateway.start(bench.launcher(), bench.home("start"), shape, settings, bench.log("gateway-start"));
    }

    private Map<String, Double> measure(long startNanos, StreamClient client, ServerProcess process, int round)
            throws Exception {
        var workload = new StreamPrompts(engine.prompts()).oneAfterTheOther(round, 1, PROMPT_TOKENS, MAX_TOKENS);
        var sent = System.nanoTime();
        var first = new LoadDriver(client).run(workload).observed().get(0).firstMillis();
        Thread.sleep(IDLE_MILLIS);
        var known = Files.size(bench.model()) + engine.kvBytes(shape.totalTokens());
        return Map.of(
                START.name(),
                (sent - startNanos) / NANOS_PER_SECOND + first / MILLIS_PER_SECOND,
                RESIDENT.name(),
                (process.residentBytes() - known) / BYTES_PER_MIB);
    }

    private final class Ours implements Contender {
        @Override
        public String name() {
            return "quantgate";
        }

        @Override
        public Map<String, Double> measure(int round) throws Exception {
            var start = System.nanoTime();
            try (var gateway = startGateway(PRELOAD);
                    var client = new GrpcStreamClient(gateway.channel(), Store.MODEL)) {
                return StartContest.this.measure(start, client, gateway.process(), round);
            }
        }
    }

    private final class Peer implements Contender {
        private final Vertx vertx;

        private Peer(Vertx vertx) {
            this.vertx = vertx;
        }

        @Override
        public String name() {
            return "llama_server";
        }

        @Override
        public Map<String, Double> measure(int round) throws Exception {
            var start = System.nanoTime();
            try (var server = LlamaServer.start(
                            bench.peer("llama-server"),
                            bench.model(),
                            shape,
                            List.of(),
                            bench.log("llama-server-start"));
                    var client = new OpenAiStreamClient(vertx, server.port(), Store.MODEL)) {
                return StartContest.this.measure(start, client, server.process(), round);
            }
        }
    }
}
