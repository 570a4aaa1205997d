package dev.quantgate.worker.operations;

import static org.assertj.core.api.Assertions.assertThat;

import dev.quantgate.worker.api.CallContext;
import dev.quantgate.worker.api.FailureKind;
import dev.quantgate.worker.api.OperationRecord;
import dev.quantgate.worker.api.OperationState;
import dev.quantgate.worker.api.QuantizeRequest;
import dev.quantgate.worker.api.WorkerFailure;
import dev.quantgate.worker.testing.Await;
import dev.quantgate.worker.testing.Recorder;
import dev.quantgate.worker.testing.TestWorker;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class JournalTest {
    private static final CallContext CONTEXT = CallContext.of("test");
    private static final Instant NOW = Instant.parse("2026-01-02T03:04:05Z");

    @TempDir
    Path root;

    @Test
    void anEntryReadsBackAsItWasWritten() throws Exception {
        var journal = new Journal(root);
        var entry = queued("a")
                .started("w", 7, NOW)
                .failed(new WorkerFailure(FailureKind.DISK_FULL, "full", "field", Duration.ofSeconds(2)), NOW);

        journal.submit(entries -> entry);

        assertThat(new Journal(root).require("a")).isEqualTo(entry);
    }

    @Test
    void oldAndSurplusOperationsAreForgotten() throws Exception {
        var journal = new Journal(root);
        journal.submit(entries -> queued("old").succeeded(Optional.empty(), false, NOW));
        journal.submit(entries -> queued("open"));

        journal.prune(NOW.plusSeconds(31L * 24 * 3600));

        assertThat(journal.find("old")).isEmpty();
        assertThat(journal.find("open")).isPresent();
    }

    @Test
    void withoutCreditOnlyTheNewestStateIsKept() {
        var recorder = new Recorder<OperationRecord>();
        var watch = new Watch("a", recorder);
        for (int i = 0; i < 200; i++) {
            watch.offer(queued("a")
                    .progressed(OperationState.RUNNING, i / 200.0, "s", NOW)
                    .record());
        }
        assertThat(recorder.items).hasSize(64);
        watch.offer(queued("a").succeeded(Optional.empty(), false, NOW).record());
        assertThat(recorder.end).isNotDone();

        watch.grant(1);

        assertThat(recorder.items).hasSize(65);
        assertThat(recorder.items.get(64).state()).isEqualTo(OperationState.SUCCEEDED);
        assertThat(recorder.end).isCompleted();
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "{", "{\"id\":\"op\"}", "\"x\"", "{\"id\":\"other\",\"kind\":\"IMPORT\"}"})
    void aDamagedEntryIsLeftOutAndCanBeDeleted(String content) throws Exception {
        try (var test = new TestWorker(root)) {
            test.importModel("m", "F16");
            Files.writeString(root.resolve("operations/op.json"), content);

            assertThat(Await.result(test.worker.listOperations(CONTEXT))).hasSize(1);
            assertThat(Await.failure(test.worker.getOperation("op", CONTEXT)).kind())
                    .isEqualTo(FailureKind.FAILED_PRECONDITION);
            assertThat(test.end(test.quantize("m", "Q8_0").id()).state()).isEqualTo(OperationState.SUCCEEDED);
            Await.result(test.worker.deleteOperation("op", CONTEXT));
            assertThat(root.resolve("operations/op.json")).doesNotExist();
        }
    }

    @Test
    void anOperationThatWasPublishedButNotRecordedIsFinishedAsItsOwn() throws Exception {
        String id;
        try (var test = new TestWorker(root)) {
            test.importModel("m", "F16");
            id = test.end(test.quantize("m", "Q8_0").id()).id();
        }
        var journal = new Journal(root.resolve("operations"));
        journal.update(id, done -> done.started("dead", 3, NOW));

        try (var test = new TestWorker(root)) {
            var ended = test.end(id);

            assertThat(ended.state()).isEqualTo(OperationState.SUCCEEDED);
            assertThat(ended.alreadyDone()).isFalse();
            assertThat(test.backend.quantizations).hasValue(0);
        }
    }

    @Test
    void anOperationThatKeepsKillingItsWorkerIsGivenUp() throws Exception {
        try (var test = new TestWorker(root)) {
            test.importModel("m", "F16");
        }
        var journal = new Journal(root.resolve("operations"));
        var digest = journal.entries().get(0);
        var request = new QuantizeRequest("m", "Q8_0", "", false, Optional.empty(), false);
        var killer = JournalEntry.queued(
                        "killer",
                        new Work.Quantizing(digest.work().backend(), request, "any"),
                        "dead",
                        Optional.empty(),
                        NOW)
                .started("dead", 1, NOW)
                .started("dead", 2, NOW)
                .started("dead", 3, NOW);
        journal.submit(entries -> killer);

        try (var test = new TestWorker(root)) {
            assertThat(test.end("killer").failure().orElseThrow().kind()).isEqualTo(FailureKind.BACKEND_CRASHED);
        }
    }

    @Test
    void aStoppedWorkerHandsItsOperationBack() throws Exception {
        var test = new TestWorker(root);
        test.importModel("m", "F16");
        test.backend.quantizesUntilCancelled = true;
        var operation = test.quantize("m", "Q8_0");
        Await.until(() -> test.backend.quantizations.get() == 1);
        test.close();

        var entry = new Journal(root.resolve("operations")).require(operation.id());
        assertThat(entry.record().state()).isEqualTo(OperationState.QUEUED);
        assertThat(entry.attempts()).isZero();
        try (var next = new TestWorker(root)) {
            assertThat(next.end(operation.id()).state()).isEqualTo(OperationState.SUCCEEDED);
        }
    }

    private static JournalEntry queued(String id) {
        var request = new QuantizeRequest("m", "Q8_0", "", true, Optional.of(Path.of("/matrix")), true);
        return JournalEntry.queued(
                id,
                new Work.Quantizing("fake", request, "digest"),
                "w",
                Optional.of(new JournalEntry.Claim("r", "f")),
                NOW);
    }
}
