package dev.quantgate.worker.operations;

import static org.assertj.core.api.Assertions.assertThat;

import dev.quantgate.worker.api.CallContext;
import dev.quantgate.worker.api.FailureKind;
import dev.quantgate.worker.api.ModelRef;
import dev.quantgate.worker.api.OperationRecord;
import dev.quantgate.worker.api.OperationState;
import dev.quantgate.worker.api.QuantizeRequest;
import dev.quantgate.worker.testing.Await;
import dev.quantgate.worker.testing.FakeBackend;
import dev.quantgate.worker.testing.Recorder;
import dev.quantgate.worker.testing.TestWorker;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class QuantizeTest {
    private static final CallContext CONTEXT = CallContext.of("test");

    @TempDir
    Path root;

    private TestWorker test;

    @BeforeEach
    void start() throws Exception {
        test = new TestWorker(root);
        assertThat(test.importModel("m", "F16").state()).isEqualTo(OperationState.SUCCEEDED);
    }

    @AfterEach
    void stop() {
        test.close();
    }

    @Test
    void publishesAVariantWithItsManifest() throws Exception {
        var done = test.end(test.quantize("m", "q8_0").id());

        assertThat(done.state()).isEqualTo(OperationState.SUCCEEDED);
        assertThat(done.alreadyDone()).isFalse();
        assertThat(done.report().orElseThrow().quality()).containsEntry("cosine_mean", 0.99);
        assertThat(test.variant("m", "Q8_0").resolve("model.fake"))
                .hasContent(FakeBackend.model("Q8_0", "weights of m"));
        assertThat(Files.readString(test.variant("m", "Q8_0").resolve("manifest.json")))
                .contains(
                        "\"quantization_type\" : \"Q8_0\"", "\"sha256\"", "\"source_digest\"", "\"engine\" : \"1.0\"");
        var model = Await.result(test.worker.getModel("m", CONTEXT));
        assertThat(model.quantized()).isTrue();
        assertThat(model.variants()).extracting("name").containsExactly("source", "Q8_0");
        assertThat(model.defaultVariant()).isEqualTo("source");
        assertThat(filesUnder(root)).noneMatch(name -> name.contains(".part.") || name.endsWith(".tmp"));
    }

    @Test
    void aHundredCallsAtOnceAreOneOperation() throws Exception {
        var go = new CountDownLatch(1);
        test.backend.at = point -> {
            if (point.equals("half")) {
                awaitLatch(go);
            }
        };
        var calls = new ArrayList<CompletableFuture<OperationRecord>>();
        for (int i = 0; i < 100; i++) {
            var request = new QuantizeRequest("m", "Q8_0", "call-" + i, false, Optional.empty(), false);
            calls.add(CompletableFuture.supplyAsync(() -> quantize(request)));
        }
        var ids = new ArrayList<String>();
        for (var call : calls) {
            ids.add(Await.result(call).id());
        }
        go.countDown();
        var done = test.end(ids.get(0));

        assertThat(ids).containsOnly(ids.get(0));
        assertThat(done.callers()).isEqualTo(100);
        assertThat(test.backend.quantizations).hasValue(1);
    }

    @Test
    void anExistingVariantIsReturnedAtOnce() throws Exception {
        test.end(test.quantize("m", "Q8_0").id());

        var again = test.quantize("m", "Q8_0");
        var onceMore = test.quantize("m", "q8_0");

        assertThat(again.state()).isEqualTo(OperationState.SUCCEEDED);
        assertThat(again.alreadyDone()).isTrue();
        assertThat(again.report()).isPresent();
        assertThat(onceMore.id()).isEqualTo(again.id());
        assertThat(test.backend.quantizations).hasValue(1);
    }

    @Test
    void aRequestIdStandsForOneRequest() throws Exception {
        var request = new QuantizeRequest("m", "Q8_0", "id-1", false, Optional.empty(), false);
        var first = Await.result(test.worker.quantizeModel(request, CONTEXT));
        test.end(first.id());

        var same = Await.result(test.worker.quantizeModel(request, CONTEXT));
        var other = new QuantizeRequest("m", "Q4_0", "id-1", false, Optional.empty(), false);
        var refused = Await.failure(test.worker.quantizeModel(other, CONTEXT));

        assertThat(same.id()).isEqualTo(first.id());
        assertThat(refused.kind()).isEqualTo(FailureKind.ALREADY_EXISTS);
        assertThat(refused.field()).isEqualTo("request_id");
    }

    @Test
    void anUnknownTypeIsRefusedWithTheListOfTypes() throws Exception {
        var refused = Await.failure(test.worker.quantizeModel(TestWorker.request("m", "Q9"), CONTEXT));

        assertThat(refused.kind()).isEqualTo(FailureKind.INVALID_REQUEST);
        assertThat(refused.field()).isEqualTo("quantization_type");
        assertThat(refused.message()).contains("Q8_0", "Q4_0", "IQ1_S");
    }

    @Test
    void anEmptyTypeIsTheBackendsDefault() throws Exception {
        assertThat(test.quantize("m", "").variant()).isEqualTo("Q8_0");
    }

    @Test
    void anUnknownModelIsNotFound() throws Exception {
        var refused = Await.failure(test.worker.quantizeModel(TestWorker.request("nobody", "Q8_0"), CONTEXT));

        assertThat(refused.kind()).isEqualTo(FailureKind.MODEL_NOT_FOUND);
    }

    @Test
    void aQuantisedSourceNeedsTheFlag() throws Exception {
        test.importModel("q", "Q4_0");
        var refused = Await.failure(test.worker.quantizeModel(TestWorker.request("q", "Q8_0"), CONTEXT));
        var allowed = new QuantizeRequest("q", "Q8_0", "", true, Optional.empty(), false);
        var operation = Await.result(test.worker.quantizeModel(allowed, CONTEXT));

        assertThat(refused.kind()).isEqualTo(FailureKind.FAILED_PRECONDITION);
        assertThat(test.end(operation.id()).state()).isEqualTo(OperationState.SUCCEEDED);
    }

    @Test
    void aTypeThatNeedsAnImportanceMatrixIsRefusedWithoutOne() throws Exception {
        var refused = Await.failure(test.worker.quantizeModel(TestWorker.request("m", "IQ1_S"), CONTEXT));
        var missing = new QuantizeRequest("m", "IQ1_S", "", false, Optional.of(root.resolve("none")), false);
        var unreadable = Await.failure(test.worker.quantizeModel(missing, CONTEXT));

        assertThat(refused.kind()).isEqualTo(FailureKind.FAILED_PRECONDITION);
        assertThat(refused.message()).contains("importance matrix");
        assertThat(unreadable.field()).isEqualTo("importance_matrix_uri");
    }

    @Test
    void tooLittleRoomIsSeenBeforeTheWork() throws Exception {
        test.backend.predictedBytes = Long.MAX_VALUE / 2;

        var ended = test.end(test.quantize("m", "Q8_0").id());

        assertThat(ended.state()).isEqualTo(OperationState.FAILED);
        assertThat(ended.failure().orElseThrow().kind()).isEqualTo(FailureKind.DISK_FULL);
        assertThat(test.backend.quantizations).hasValue(0);
        assertThat(filesUnder(root)).noneMatch(name -> name.contains(".part."));
    }

    @Test
    void aVariantThatDoesNotLoadIsNotPublished() throws Exception {
        test.backend.at = point -> {
            if (point.equals("load")) {
                throw new IllegalStateException("the engine chokes");
            }
        };

        var ended = test.end(test.quantize("m", "Q8_0").id());

        assertThat(ended.failure().orElseThrow().kind()).isEqualTo(FailureKind.INTERNAL);
        assertThat(ended.failure().orElseThrow().message()).doesNotContain("chokes");
        assertThat(test.variant("m", "Q8_0")).doesNotExist();
    }

    @Test
    void aCancelledOperationLeavesNothing() throws Exception {
        var reached = new CountDownLatch(1);
        var go = new CountDownLatch(1);
        test.backend.at = point -> {
            if (point.equals("half")) {
                reached.countDown();
                awaitLatch(go);
            }
        };
        var operation = test.quantize("m", "Q8_0");
        awaitLatch(reached);

        Await.result(test.worker.cancelOperation(operation.id(), CONTEXT));
        go.countDown();

        assertThat(test.end(operation.id()).state()).isEqualTo(OperationState.CANCELLED);
        assertThat(filesUnder(root)).noneMatch(name -> name.contains(".part.") || name.contains("Q8_0"));
    }

    @Test
    void aFailedOperationCanBeAskedForAgain() throws Exception {
        test.backend.predictedBytes = Long.MAX_VALUE / 2;
        test.end(test.quantize("m", "Q8_0").id());
        test.backend.predictedBytes = 10;

        assertThat(test.end(test.quantize("m", "Q8_0").id()).state()).isEqualTo(OperationState.SUCCEEDED);
    }

    @Test
    void theNewVariantMayBecomeTheDefault() throws Exception {
        assertThat(Await.result(test.generate(ModelRef.of("m"), "hi", CONTEXT).end))
                .hasSize(2);
        var request = new QuantizeRequest("m", "Q8_0", "", false, Optional.empty(), true);
        test.end(Await.result(test.worker.quantizeModel(request, CONTEXT)).id());

        Await.result(test.generate(ModelRef.of("m"), "hi", CONTEXT).end);

        assertThat(Await.result(test.worker.getModel("m", CONTEXT)).defaultVariant())
                .isEqualTo("Q8_0");
        Await.until(() -> test.worker.status().loaded().equals(List.of("m:Q8_0")));
    }

    @Test
    void anExistingVariantMayBecomeTheDefaultLater() throws Exception {
        test.end(test.quantize("m", "Q8_0").id());
        var request = new QuantizeRequest("m", "Q8_0", "", false, Optional.empty(), true);

        var ended = test.end(
                Await.result(test.worker.quantizeModel(request, CONTEXT)).id());

        assertThat(ended.alreadyDone()).isTrue();
        assertThat(Await.result(test.worker.getModel("m", CONTEXT)).defaultVariant())
                .isEqualTo("Q8_0");
        assertThat(test.backend.quantizations).hasValue(1);
    }

    @Test
    void watchingAnUnknownOperationFails() throws Exception {
        var watch = new Recorder<OperationRecord>();
        test.worker.watchOperation("nothing", CONTEXT, watch);

        assertThat(Await.failure(watch.end).kind()).isEqualTo(FailureKind.OPERATION_NOT_FOUND);
    }

    @Test
    void operationsAreListedNewestFirstAndForgottenWhenFinished() throws Exception {
        var quantized = test.end(test.quantize("m", "Q8_0").id());
        var before = Await.result(test.worker.listOperations(CONTEXT));
        Await.result(test.worker.deleteOperation(quantized.id(), CONTEXT));

        assertThat(before.get(0).id()).isEqualTo(quantized.id());
        assertThat(Await.failure(test.worker.getOperation(quantized.id(), CONTEXT))
                        .kind())
                .isEqualTo(FailureKind.OPERATION_NOT_FOUND);
    }

    private OperationRecord quantize(QuantizeRequest request) {
        return test.worker.quantizeModel(request, CONTEXT).join();
    }

    private static List<String> filesUnder(Path folder) throws Exception {
        try (var files = Files.walk(folder)) {
            return files.map(file -> folder.relativize(file).toString()).toList();
        }
    }

    private static void awaitLatch(CountDownLatch latch) {
        try {
            Await.until(() -> latch.getCount() == 0);
        } catch (Exception failed) {
            throw new IllegalStateException(failed);
        }
    }
}
