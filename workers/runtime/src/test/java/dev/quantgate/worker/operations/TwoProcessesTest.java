package dev.quantgate.worker.operations;

import static org.assertj.core.api.Assertions.assertThat;

import dev.quantgate.worker.api.CallContext;
import dev.quantgate.worker.api.OperationState;
import dev.quantgate.worker.testing.Await;
import dev.quantgate.worker.testing.FakeBackend;
import dev.quantgate.worker.testing.StoreProcess;
import dev.quantgate.worker.testing.TestWorker;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TwoProcessesTest {
    private static final CallContext CONTEXT = CallContext.of("test");
    private static final Duration TTL = Duration.ofMillis(900);

    @TempDir
    Path root;

    @TempDir
    Path outside;

    @Test
    void quantiseTheSameModelOnce() throws Exception {
        try (var test = new TestWorker(root, Duration.ZERO, TTL)) {
            test.importModel("m", "F16");
        }
        var notes = outside.resolve("notes");
        var first = StoreProcess.start(root, TTL, notes, "-", "quantize");
        var second = StoreProcess.start(root, TTL, notes, "-", "quantize");
        try {
            assertThat(first.waitFor()).isZero();
            assertThat(second.waitFor()).isZero();
        } finally {
            first.destroyForcibly();
            second.destroyForcibly();
        }
        var lines = StoreProcess.notes(notes);

        assertThat(lines).filteredOn("quantize"::equals).hasSize(1);
        assertThat(lines).filteredOn(line -> line.startsWith("ended SUCCEEDED")).hasSize(2);
        assertThat(root.resolve("models/m/variants/Q8_0/model.fake"))
                .hasContent(FakeBackend.model("Q8_0", "weights of m"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"quantize", "half", "written", "load"})
    void anOperationOfAKilledProcessIsFinishedByAnother(String point) throws Exception {
        try (var test = new TestWorker(root, Duration.ZERO, TTL)) {
            test.importModel("m", "F16");
        }
        var notes = outside.resolve("notes");
        var killed = StoreProcess.start(root, TTL, notes, point, "quantize");
        try {
            StoreProcess.awaitNote(notes, "reached " + point);
        } finally {
            killed.destroyForcibly();
            killed.waitFor();
        }

        try (var test = new TestWorker(root, Duration.ZERO, TTL)) {
            assertThat(Await.result(test.worker.getModel("m", CONTEXT)).variants())
                    .hasSize(1);
            var open = Await.result(test.worker.listOperations(CONTEXT)).get(0);
            var ended = test.end(open.id());

            assertThat(open.state().isFinal()).isFalse();
            assertThat(ended.state()).isEqualTo(OperationState.SUCCEEDED);
            assertThat(test.backend.quantizations).hasValue(1);
            assertThat(test.variant("m", "Q8_0").resolve("model.fake"))
                    .hasContent(FakeBackend.model("Q8_0", "weights of m"));
            try (var left = Files.list(root.resolve("models/m/variants"))) {
                assertThat(left.map(path -> path.getFileName().toString())).containsExactlyInAnyOrder("source", "Q8_0");
            }
        }
    }

    @Test
    void aCallJoinsTheOperationOfAnotherProcessAndItsCancelReachesThat() throws Exception {
        try (var test = new TestWorker(root, Duration.ZERO, Duration.ofSeconds(20))) {
            test.importModel("m", "F16");
            var notes = outside.resolve("notes");
            var other = StoreProcess.start(root, Duration.ofSeconds(20), notes, "-", "quantize-slowly");
            try {
                StoreProcess.awaitNote(notes, "running");
                var joined = test.quantize("m", "Q8_0");
                Await.result(test.worker.cancelOperation(joined.id(), CONTEXT));
                var ended = test.end(joined.id());

                assertThat(joined.callers()).isEqualTo(2);
                assertThat(ended.state()).isEqualTo(OperationState.CANCELLED);
                assertThat(test.backend.quantizations).hasValue(0);
            } finally {
                other.destroyForcibly();
                other.waitFor();
            }
        }
    }
}
