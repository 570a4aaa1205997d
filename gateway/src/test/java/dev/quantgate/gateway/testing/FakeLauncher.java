package dev.quantgate.gateway.testing;

import dev.quantgate.worker.api.WorkerLauncher;
import dev.quantgate.worker.bus.WorkerEndpoint;
import io.vertx.core.Future;
import io.vertx.core.Vertx;

/** Starts one worker on the real bus; it has the model {@code smol} in memory and generates without end. */
public final class FakeLauncher implements WorkerLauncher {
    @Override
    public Opening open(Settings settings) {
        return FakeLauncher::start;
    }

    private static Future<Running> start(Vertx vertx) {
        var worker = new FakeWorker("w-" + ProcessHandle.current().pid()).with(Records.model("smol"), "smol:source");
        worker.generator = (request, context, sink) -> ScriptedStream.endless(sink, "word ");
        return WorkerEndpoint.serve(vertx, worker).map(endpoint -> limit -> endpoint.close());
    }
}
