package dev.quantgate.worker.bus;

import static dev.quantgate.worker.bus.LocalBus.await;
import static dev.quantgate.worker.bus.LocalBus.awaitWorker;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.quantgate.worker.api.CallContext;
import dev.quantgate.worker.api.FailureKind;
import dev.quantgate.worker.api.WorkerFailure;
import dev.quantgate.worker.api.inference.GenerateEvent;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

class WorkerProcessTest {
    @Test
    @Timeout(90)
    void aKilledWorkerFailsItsStreamsWithinASecond() throws Exception {
        var port = LoopbackCluster.freePort();
        var manager = LoopbackCluster.manager(port, port, false);
        var vertx = await(LoopbackCluster.start(manager));
        var clients = await(WorkerClients.start(vertx));
        LoopbackCluster.watch(manager, clients);
        var process = spawn(port);
        try {
            var worker = awaitWorker(clients, one -> !one.lost());
            assertThat(worker.embedded()).isFalse();
            var probe = new Probe<GenerateEvent>();
            worker.worker().generate(Samples.REQUEST, CallContext.of("r"), probe);
            probe.awaitItems(3);
            assertThat(probe.endings()).isEmpty();

            var killedAt = System.nanoTime();
            process.destroyForcibly();
            var failure = probe.awaitEnd();
            var took = Duration.ofNanos(System.nanoTime() - killedAt);

            System.out.println("kill -9 to UNAVAILABLE at the sink: " + took.toMillis() + " ms");
            assertThat(failure).map(WorkerFailure::kind).contains(FailureKind.UNAVAILABLE);
            assertThat(took).isLessThan(Duration.ofSeconds(1));
            assertThat(clients.inFlight()).isZero();
            assertThat(process.waitFor(10, TimeUnit.SECONDS)).isTrue();
            assertThat(process.exitValue()).isEqualTo(137);
            var thrown = catchThrowable(() -> worker.worker()
                    .listModels(CallContext.of("r"))
                    .toCompletableFuture()
                    .get(10, TimeUnit.SECONDS));
            assertThat(WorkerFailure.find(thrown)).map(WorkerFailure::kind).contains(FailureKind.UNAVAILABLE);
        } finally {
            process.destroyForcibly().waitFor();
            await(vertx.close());
        }
    }

    private static Process spawn(int port) throws Exception {
        return new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-Xmx128m",
                        "-XX:+UseSerialGC",
                        "-XX:TieredStopAtLevel=1",
                        "-cp",
                        System.getProperty("java.class.path"),
                        WorkerProcess.class.getName(),
                        Integer.toString(port))
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
    }
}
