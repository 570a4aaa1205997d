package dev.quantgate.worker.bus;

import dev.quantgate.worker.api.CallContext;
import dev.quantgate.worker.api.StreamHandle;
import dev.quantgate.worker.api.StreamSink;
import dev.quantgate.worker.api.inference.GenerateEvent;
import dev.quantgate.worker.api.inference.GenerateRequest;

/** A worker in a process of its own: streams three items and then nothing, for ever. */
final class WorkerProcess {
    private WorkerProcess() {}

    /** Joins the cluster whose data member listens at the port in the first argument; ends with its standard input. */
    public static void main(String[] arguments) throws Exception {
        var manager = LoopbackCluster.manager(LoopbackCluster.freePort(), Integer.parseInt(arguments[0]), true);
        var vertx = LocalBus.await(LoopbackCluster.start(manager));
        LocalBus.await(WorkerEndpoint.serve(vertx, new FakeWorker("process") {
            @Override
            public StreamHandle generate(GenerateRequest request, CallContext context, StreamSink<GenerateEvent> sink) {
                for (int i = 0; i < 3; i++) {
                    sink.item(GenerateEvent.Chunk.of("t" + i, 1));
                }
                return new FakeHandle();
            }
        }));
        while (System.in.read() >= 0) {
            // The parent never writes: the end of the input is its death.
        }
        Runtime.getRuntime().halt(0);
    }
}
