package dev.quantgate.worker.runtime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.quantgate.worker.api.CallContext;
import dev.quantgate.worker.api.FailureKind;
import dev.quantgate.worker.api.ImportRequest;
import dev.quantgate.worker.api.ModelRef;
import dev.quantgate.worker.api.OperationRecord;
import dev.quantgate.worker.api.OperationState;
import dev.quantgate.worker.api.WorkerFailure;
import dev.quantgate.worker.api.WorkerLauncher;
import dev.quantgate.worker.api.backend.BackendSettings;
import dev.quantgate.worker.api.inference.GenerateEvent;
import dev.quantgate.worker.bus.WorkerClients;
import dev.quantgate.worker.testing.Await;
import dev.quantgate.worker.testing.FakeBackend;
import dev.quantgate.worker.testing.FakeProvider;
import dev.quantgate.worker.testing.Recorder;
import dev.quantgate.worker.testing.TestWorker;
import io.vertx.core.Vertx;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.ServiceLoader;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class VerticleLauncherTest {
    private static final CallContext CONTEXT = CallContext.of("test");

    @TempDir
    Path root;

    private final Vertx vertx = Vertx.vertx();
    private final WorkerLauncher launcher =
            ServiceLoader.load(WorkerLauncher.class).findFirst().orElseThrow();

    @BeforeEach
    void forgetBackends() {
        FakeProvider.MADE.clear();
    }

    @AfterEach
    void close() throws Exception {
        Await.result(vertx.close().toCompletionStage());
    }

    @Test
    void aWorkerIsReachedOverTheBusAndUndeployClosesTheBackend() throws Exception {
        var running = Await.result(
                launcher.open(settings(FakeBackend.NAME)).start(vertx).toCompletionStage());
        var clients = Await.result(WorkerClients.start(vertx).toCompletionStage());
        Await.until(() -> !clients.workers().isEmpty());
        var worker = clients.workers().get(0).worker();
        var file = Files.writeString(root.resolve("x.fake"), FakeBackend.model("F16", "weights"));

        var imported = Await.result(worker.importModel(new ImportRequest("m", file, "", "", ""), CONTEXT));
        var watch = new Recorder<OperationRecord>();
        worker.watchOperation(imported.id(), CONTEXT, watch);
        var states = Await.result(watch.end);
        var generation = new Recorder<GenerateEvent>();
        worker.generate(TestWorker.generation(ModelRef.of("m"), "hi"), CONTEXT, generation);

        assertThat(states.get(states.size() - 1).state()).isEqualTo(OperationState.SUCCEEDED);
        assertThat(Await.result(generation.end)).hasSize(2);
        assertThat(Await.failure(worker.getModel("nobody", CONTEXT)).kind()).isEqualTo(FailureKind.MODEL_NOT_FOUND);
        Await.result(running.stop(Duration.ofSeconds(5)).toCompletionStage());
        assertThat(FakeProvider.MADE).singleElement().satisfies(backend -> {
            assertThat(backend.closed).isTrue();
            assertThat(backend.open).isEmpty();
        });
    }

    @Test
    void aModelOfTheSettingsIsLoadedBeforeAnybodyAsks() throws Exception {
        try (var before = new TestWorker(root.resolve("store"))) {
            before.importModel("m", "F16");
        }

        var running = Await.result(
                launcher.open(settings(FakeBackend.NAME)).start(vertx).toCompletionStage());

        Await.until(() -> FakeProvider.MADE.stream().anyMatch(backend -> !backend.open.isEmpty()));
        Await.result(running.stop(Duration.ofSeconds(5)).toCompletionStage());
    }

    @Test
    void anUnknownBackendIsRefusedWithTheOnesThatAreThere() {
        var starting = launcher.open(settings("vulkan")).start(vertx).toCompletionStage();

        assertThatThrownBy(() -> Await.result(starting))
                .satisfies(refused -> assertThat(WorkerFailure.find(refused))
                        .map(WorkerFailure::message)
                        .hasValueSatisfying(message -> assertThat(message).contains("vulkan", FakeBackend.NAME)));
    }

    private WorkerLauncher.Settings settings(String backend) {
        return new WorkerLauncher.Settings(
                root.resolve("store"),
                Map.of(backend, new BackendSettings(1, 1 << 20, 0, 1, 8, Map.of())),
                Duration.ZERO,
                Duration.ofSeconds(5),
                List.of(ModelRef.of("m"), ModelRef.of("nobody")));
    }
}
