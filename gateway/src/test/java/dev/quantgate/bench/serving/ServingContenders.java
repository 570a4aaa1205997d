package dev.quantgate.bench.serving;

import dev.quantgate.bench.Bench;
import dev.quantgate.bench.CaseResult;
import dev.quantgate.bench.Contender;
import dev.quantgate.bench.Metric;
import dev.quantgate.bench.Readings;
import dev.quantgate.bench.engine.BareLoop;
import dev.quantgate.bench.engine.EngineLoad;
import dev.quantgate.bench.engine.EngineModel;
import dev.quantgate.bench.load.GrpcStreamClient;
import dev.quantgate.bench.load.LoadDriver;
import dev.quantgate.bench.load.LoadResult;
import dev.quantgate.bench.load.OpenAiStreamClient;
import dev.quantgate.bench.process.Gateway;
import dev.quantgate.bench.process.LlamaServer;
import dev.quantgate.bench.process.ServerLoad;
import dev.quantgate.bench.process.ServerProcess;
import dev.quantgate.bench.process.Shape;
import dev.quantgate.bench.process.Store;
import io.vertx.core.Vertx;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The servers of one scenario, and the bare loop, with what each pair is compared by. */
final class ServingContenders implements AutoCloseable {
    private static final List<Metric> SERVER_METRICS = List.of(
            LoadResult.TOKENS_PER_SECOND,
            LoadResult.FIRST_P50,
            LoadResult.FIRST_P99,
            LoadResult.GAP_P50,
            LoadResult.GAP_P99,
            ServerLoad.CPU,
            ServerLoad.RESIDENT);
    private static final List<Metric> ENGINE_METRICS =
            List.of(LoadResult.TOKENS_PER_SECOND, LoadResult.FIRST_P50, LoadResult.GAP_P99);
    private static final List<Metric> GRPC_METRICS =
            List.of(LoadResult.TOKENS_PER_SECOND, LoadResult.FIRST_P50, ServerLoad.CPU);

    private static final int OTHER_ROUNDS = 1000;

    private final Bench bench;
    private final Vertx vertx;
    private final Scenario scenario;
    private final Shape shape;
    private final Deque<Runnable> open = new ArrayDeque<>();
    private final List<Contender> all = new ArrayList<>();
    private final ServerLoad ours;
    private final @Nullable ServerLoad stock;
    private final @Nullable ServerLoad overGrpc;
    private final @Nullable ServerLoad best;
    private final @Nullable EngineLoad loop;

    private ServingContenders(Bench bench, Vertx vertx, EngineModel engine, Scenario scenario) throws Exception {
        this.bench = bench;
        this.vertx = vertx;
        this.scenario = scenario;
        shape = new Shape(bench.threads(), scenario.sequences(), scenario.contextTokens());
        try {
            var gateway = startGateway();
            ours = add(overHttp("quantgate", gateway.port(), gateway.process()));
            stock = bench.isAgainst("llama_server") ? add(llamaServer("llama_server", List.of())) : null;
            best = scenario.bestFlags().isEmpty() || !bench.isAgainst("llama_server_best")
                    ? null
                    : add(llamaServer("llama_server_best", scenario.bestFlags()));
            overGrpc = scenario.overGrpc() && bench.isAgainst("quantgate_grpc") ? add(overGrpc(gateway)) : null;
            loop = scenario.hasBareLoop() && bench.isAgainst("bare_loop") ? add(bareLoop(engine)) : null;
        } catch (Exception e) {
            close();
            throw e;
        }
    }

    static ServingContenders start(Bench bench, Vertx vertx, EngineModel engine, Scenario scenario) throws Exception {
        return new ServingContenders(bench, vertx, engine, scenario);
    }

    List<Contender> all() {
        return List.copyOf(all);
    }

    List<CaseResult> compare(Readings readings) {
        var cases = new ArrayList<CaseResult>();
        if (stock != null) {
            compare(cases, readings, scenario.name(), SERVER_METRICS, ours, stock);
        }
        if (best != null) {
            compare(cases, readings, scenario.name(), SERVER_METRICS, ours, best);
        }
        if (overGrpc != null && stock != null) {
            compare(cases, readings, scenario.name() + "_grpc", GRPC_METRICS, overGrpc, stock);
        }
        if (loop != null) {
            compare(cases, readings, scenario.name(), ENGINE_METRICS, ours, loop);
        }
        return cases;
    }

    private static void compare(
            List<CaseResult> cases,
            Readings readings,
            String name,
            List<Metric> metrics,
            Contender ours,
            Contender peer) {
        for (var metric : metrics) {
            cases.add(readings.compare(name + "_" + metric.name() + "_vs_" + peer.name(), metric, ours, peer));
        }
    }

    private Gateway startGateway() throws Exception {
        var gateway = Gateway.start(
                bench.launcher(), bench.home("serving"), shape, Map.of(), bench.log("gateway-" + scenario.name()));
        open.push(gateway::close);
        var store = new Store(gateway.channel());
        store.importOnce(bench.model());
        store.load();
        return gateway;
    }

    private ServerLoad llamaServer(String name, List<String> flags) throws Exception {
        var server = LlamaServer.start(
                bench.peer("llama-server"), bench.model(), shape, flags, bench.log(name + "-" + scenario.name()));
        open.push(server::close);
        return overHttp(name, server.port(), server.process());
    }

    private ServerLoad overHttp(String name, int port, ServerProcess process) {
        var client = new OpenAiStreamClient(vertx, port, Store.MODEL);
        open.push(client::close);
        return new ServerLoad(name, new LoadDriver(client), process, scenario.workload());
    }

    private ServerLoad overGrpc(Gateway gateway) {
        // Prompts of its own: the gateway has seen those of the round over HTTP, or will.
        var client = new GrpcStreamClient(gateway.channel(), Store.MODEL);
        return new ServerLoad(
                "quantgate_grpc",
                new LoadDriver(client),
                gateway.process(),
                round -> scenario.workload().apply(OTHER_ROUNDS + round));
    }

    private EngineLoad bareLoop(EngineModel engine) {
        var bare = new BareLoop(engine.model(), shape, false);
        open.push(bare::close);
        return new EngineLoad(bare, scenario.workload());
    }

    private <C extends Contender> C add(C contender) {
        all.add(contender);
        return contender;
    }

    @Override
    public void close() {
        while (!open.isEmpty()) {
            open.pop().run();
        }
    }
}
