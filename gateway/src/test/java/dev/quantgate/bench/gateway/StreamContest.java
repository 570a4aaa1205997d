package dev.quantgate.bench.gateway;

import dev.quantgate.bench.CaseResult;
import dev.quantgate.bench.Contest;
import dev.quantgate.bench.Metric;
import dev.quantgate.bench.Rounds;
import dev.quantgate.bench.engine.BareLoop;
import dev.quantgate.bench.engine.EngineLoad;
import dev.quantgate.bench.load.GrpcStreamClient;
import dev.quantgate.bench.load.LoadDriver;
import dev.quantgate.bench.load.Workload;
import dev.quantgate.bench.process.Gateway;
import dev.quantgate.bench.process.ServerLoad;
import dev.quantgate.bench.process.Store;
import java.util.List;
import java.util.function.IntFunction;

/** Streams through gRPC beside the same streams in the bare loop. */
record StreamContest(String name, Metric metric, Gateway gateway, BareLoop loop, IntFunction<Workload> workload)
        implements Contest {
    @Override
    public List<CaseResult> run(Rounds rounds) throws Exception {
        var client = new GrpcStreamClient(gateway.channel(), Store.MODEL);
        var ours = new ServerLoad("quantgate", new LoadDriver(client), gateway.process(), workload);
        var peer = new EngineLoad(loop, workload);
        var readings = rounds.play(List.of(ours, peer));
        return List.of(readings.compare(name, metric, ours, peer));
    }
}
