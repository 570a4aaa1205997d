package dev.quantgate.worker.runtime;

import static org.assertj.core.api.Assertions.assertThat;

import dev.quantgate.worker.api.CallContext;
import dev.quantgate.worker.api.Cancellation;
import dev.quantgate.worker.api.FailureKind;
import dev.quantgate.worker.api.LoadSettings;
import dev.quantgate.worker.api.LoadState;
import dev.quantgate.worker.api.ModelRef;
import dev.quantgate.worker.api.QuantizeRequest;
import dev.quantgate.worker.api.VariantRecord;
import dev.quantgate.worker.api.inference.GenerateEvent;
import dev.quantgate.worker.api.inference.GenerateRequest;
import dev.quantgate.worker.api.inference.TextTask;
import dev.quantgate.worker.testing.Await;
import dev.quantgate.worker.testing.FakeBackend;
import dev.quantgate.worker.testing.FakeModel;
import dev.quantgate.worker.testing.Recorder;
import dev.quantgate.worker.testing.TestWorker;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RequestsTest {
    private static final CallContext CONTEXT = CallContext.of("test");
    private static final ModelRef M = ModelRef.of("m");

    @TempDir
    Path root;

    private TestWorker test;

    @BeforeEach
    void start() throws Exception {
        test = new TestWorker(root);
        test.importModel("m", "F16");
    }

    @AfterEach
    void stop() {
        test.close();
    }

    @Test
    void aRequestLoadsItsModelAndEndsOnce() throws Exception {
        var recorder = test.generate(M, "hi", CONTEXT);

        assertThat(Await.result(recorder.end)).hasSize(2).first().isInstanceOf(GenerateEvent.Chunk.class);
        assertThat(recorder.endings).hasValue(1);
        assertThat(test.worker.status().loaded()).containsExactly("m:source");
        Await.until(() -> test.worker.status().running() == 0);
        assertThat(test.worker.status().residentBytes()).isPositive();
        var source = Await.result(test.worker.getModel("m", CONTEXT)).variants().get(0);
        assertThat(source.state()).isEqualTo(LoadState.ACTIVE);
        assertThat(source.workers()).containsExactly(test.worker.status().id());
    }

    @Test
    void manyRequestsLoadAModelOnce() throws Exception {
        var recorders = new ArrayList<Recorder<GenerateEvent>>();
        for (int i = 0; i < 50; i++) {
            recorders.add(test.generate(M, "hi", CONTEXT));
        }
        for (var recorder : recorders) {
            Await.result(recorder.end);
        }

        assertThat(test.backend.loads).hasValue(1);
    }

    @Test
    void unknownModelsAndVariantsHaveTheirFailures() throws Exception {
        assertThat(Await.failure(test.generate(ModelRef.of("nobody"), "hi", CONTEXT).end)
                        .kind())
                .isEqualTo(FailureKind.MODEL_NOT_FOUND);
        assertThat(Await.failure(test.generate(ModelRef.of("m", "Q8_0"), "hi", CONTEXT).end)
                        .kind())
                .isEqualTo(FailureKind.VARIANT_NOT_FOUND);
    }

    @Test
    void aPastDeadlineStartsNothing() throws Exception {
        var late = new CallContext("late", Duration.ofMillis(-1), "", new Cancellation());

        assertThat(Await.failure(test.generate(M, "hi", late).end).kind()).isEqualTo(FailureKind.DEADLINE_EXCEEDED);
        assertThat(Await.failure(test.worker.run(new TextTask.Tokenize(M, "x", false, false), late))
                        .kind())
                .isEqualTo(FailureKind.DEADLINE_EXCEEDED);
        assertThat(test.backend.loads).hasValue(0);
        assertThat(test.worker.status().running()).isZero();
    }

    @Test
    void aDeadlineEndsARunningRequest() throws Exception {
        var brief = new CallContext("brief", Duration.ofMillis(300), "", new Cancellation());
        var stream = test.generate(M, "hold", brief);
        var task = test.worker.run(new TextTask.Tokenize(M, "hold", false, false), brief);

        assertThat(Await.failure(stream.end).kind()).isEqualTo(FailureKind.DEADLINE_EXCEEDED);
        assertThat(Await.failure(task).kind()).isEqualTo(FailureKind.DEADLINE_EXCEEDED);
        assertThat(stream.endings).hasValue(1);
    }

    @Test
    void aCancelWhileTheModelLoadsStopsTheLoad() throws Exception {
        var loading = new CountDownLatch(1);
        var go = new CountDownLatch(1);
        test.backend.at = point -> {
            loading.countDown();
            await(go);
        };
        var cancellation = new Cancellation();
        var context = new CallContext("c", CallContext.NO_TIMEOUT, "", cancellation);
        var stream = test.generate(M, "hi", context);
        await(loading);

        cancellation.cancel();
        go.countDown();

        assertThat(Await.failure(stream.end).kind()).isEqualTo(FailureKind.CANCELLED);
        Await.until(() -> test.worker.status().running() == 0);
        assertThat(test.backend.open).isEmpty();
        Await.result(test.generate(M, "hi", CONTEXT).end);
    }

    @Test
    void unloadingWaitsForRunningRequests() throws Exception {
        var held = test.generate(M, "hold", CONTEXT);
        Await.until(() -> !test.backend.open.isEmpty() && model().heldCount() == 1);
        var model = model();

        var unloading = test.worker.unloadModel(M, CONTEXT);
        Await.until(() -> Await.result(test.worker.getModel("m", CONTEXT))
                        .variants()
                        .get(0)
                        .state()
                == LoadState.UNLOADING);
        var next = test.generate(M, "hi", CONTEXT);
        assertThat(unloading).isNotDone();
        assertThat(model.closed).isFalse();
        model.finish();

        assertThat(Await.result(unloading)).containsExactly("m:source");
        assertThat(model.closed).isTrue();
        Await.result(held.end);
        Await.result(next.end);
        assertThat(test.backend.loads).hasValue(2);
    }

    @Test
    void aLoadThatFindsNoRoomClosesTheLeastRecentlyUsedIdleModel() throws Exception {
        test.importModel("second", "F16");
        test.importModel("third", "F16");
        test.backend.memoryLimitBytes = 2 * FakeBackend.MODEL_BYTES;
        Await.result(test.generate(M, "hi", CONTEXT).end);
        Await.result(test.generate(ModelRef.of("second"), "hi", CONTEXT).end);
        Await.result(test.generate(M, "hi", CONTEXT).end);

        Await.result(test.generate(ModelRef.of("third"), "hi", CONTEXT).end);

        assertThat(test.worker.status().loaded()).containsExactly("m:source", "third:source");
    }

    @Test
    void aModelInUseIsNeverClosedForAnother() throws Exception {
        test.importModel("second", "F16");
        test.backend.memoryLimitBytes = FakeBackend.MODEL_BYTES;
        var held = test.generate(M, "hold", CONTEXT);
        Await.until(() -> !test.backend.open.isEmpty() && model().heldCount() == 1);

        var refused = test.generate(ModelRef.of("second"), "hi", CONTEXT);

        assertThat(Await.failure(refused.end).kind()).isEqualTo(FailureKind.OUT_OF_MEMORY);
        model().finish();
        Await.result(held.end);
        var second =
                Await.result(test.worker.getModel("second", CONTEXT)).variants().get(0);
        assertThat(second.state()).isEqualTo(LoadState.FAILED);
        assertThat(second.stateReason()).isEqualTo("no room; m:source is in use");
    }

    private VariantRecord variant(String model) throws Exception {
        return Await.result(test.worker.getModel(model, CONTEXT)).variants().get(0);
    }

    private static LoadSettings settings(Optional<Boolean> pin, Optional<Duration> keepAlive) {
        return new LoadSettings(0, pin, keepAlive);
    }

    @Test
    void aPinnedModelGivesWayToNobodyUntilItIsUnpinned() throws Exception {
        test.importModel("second", "F16");
        test.backend.memoryLimitBytes = FakeBackend.MODEL_BYTES;
        Await.result(test.worker.loadModel(M, settings(Optional.of(true), Optional.empty()), CONTEXT));

        var refused = test.generate(ModelRef.of("second"), "hi", CONTEXT);

        assertThat(Await.failure(refused.end).message()).isEqualTo("no room; m:source is pinned");
        assertThat(variant("m").stateReason()).isEqualTo("idle, pinned");
        assertThat(variant("second").stateReason()).isEqualTo("no room; m:source is pinned");
        Await.result(test.worker.loadModel(M, LoadSettings.DEFAULT, CONTEXT));
        assertThat(variant("m").stateReason()).isEqualTo("idle, pinned");
        Await.result(test.worker.loadModel(M, settings(Optional.of(false), Optional.empty()), CONTEXT));
        Await.result(test.generate(ModelRef.of("second"), "hi", CONTEXT).end);
        assertThat(variant("m").state()).isEqualTo(LoadState.UNLOADED);
        assertThat(variant("m").stateReason()).isEqualTo("unloaded: makes room for second:source");
    }

    @Test
    void aPinnedModelIsUnloadedByNameOnly() throws Exception {
        Await.result(test.worker.loadModel(M, settings(Optional.of(true), Optional.of(Duration.ZERO)), CONTEXT));
        Await.result(test.generate(M, "hi", CONTEXT).end);
        assertThat(variant("m").state()).isEqualTo(LoadState.ACTIVE);

        assertThat(Await.result(test.worker.unloadModel(M, CONTEXT))).containsExactly("m:source");

        assertThat(variant("m").stateReason()).isEqualTo("unloaded: was asked to unload");
        Await.result(test.generate(M, "hi", CONTEXT).end);
        assertThat(variant("m").stateReason()).isEqualTo("idle, stays until memory is needed");
    }

    @Test
    void aKeepAliveOfNothingUnloadsAfterTheLastRequest() throws Exception {
        var held = test.generate(M, "hold", CONTEXT);
        Await.until(() -> !test.backend.open.isEmpty() && model().heldCount() == 1);
        var brief = new Recorder<GenerateEvent>();
        var once = TestWorker.generation(M, "hi");
        test.worker.generate(
                new GenerateRequest(
                        M, once.input(), once.sampling(), once.options(), List.of(), "", Optional.of(Duration.ZERO)),
                CONTEXT,
                brief);
        Await.result(brief.end);
        assertThat(variant("m").stateReason()).isEqualTo("serves 1 request");

        model().finish();
        Await.result(held.end);

        Await.until(() -> test.worker.status().loaded().isEmpty());
        Await.until(() -> variant("m").stateReason().equals("unloaded: nobody used it for 0 s"));
    }

    @Test
    void aKeepAliveOutlivesTheConfiguredTime() throws Exception {
        try (var brief = new TestWorker(root, Duration.ofMillis(50), Duration.ofSeconds(5))) {
            brief.importModel("second", "F16");
            Await.result(brief.worker.loadModel(
                    M, settings(Optional.empty(), Optional.of(Duration.ofSeconds(-1))), CONTEXT));
            Await.result(brief.worker.loadModel(
                    ModelRef.of("second"), settings(Optional.empty(), Optional.of(Duration.ofHours(1))), CONTEXT));
            brief.importModel("third", "F16");
            Await.result(brief.worker.loadModel(ModelRef.of("third"), LoadSettings.DEFAULT, CONTEXT));

            Await.until(() -> brief.worker.status().loaded().size() == 2);

            assertThat(brief.worker.status().loaded()).containsExactly("m:source", "second:source");
            var second = Await.result(brief.worker.getModel("second", CONTEXT))
                    .variants()
                    .get(0);
            var until = Instant.parse(second.stateReason().substring("idle until ".length()));
            assertThat(until)
                    .isBetween(Instant.now().plusSeconds(3500), Instant.now().plusSeconds(3601));
        }
    }

    @Test
    void aCrashClosesTheModelAndTheNextRequestLoadsItAnew() throws Exception {
        for (var prompt : new String[] {"crash", "bug"}) {
            var loads = test.backend.loads.get();
            Await.result(test.generate(M, "hi", CONTEXT).end);
            var other = test.generate(M, "hold", CONTEXT);
            var crashed = test.generate(M, prompt, CONTEXT);

            assertThat(Await.failure(crashed.end).kind()).isIn(FailureKind.BACKEND_CRASHED, FailureKind.INTERNAL);
            assertThat(Await.failure(other.end).kind()).isEqualTo(FailureKind.UNAVAILABLE);
            Await.result(test.generate(M, "hi", CONTEXT).end);
            assertThat(test.backend.loads.get()).isEqualTo(loads + (loads == 0 ? 2 : 1));
        }
    }

    @Test
    void aLoadedVariantCannotBeDeleted() throws Exception {
        Await.result(test.worker.loadModel(M, LoadSettings.DEFAULT, CONTEXT));
        var again = Await.result(test.worker.loadModel(M, LoadSettings.DEFAULT, CONTEXT));

        var refused = Await.failure(test.worker.deleteModel(M, CONTEXT));

        assertThat(again.alreadyLoaded()).isTrue();
        assertThat(again.variant().state()).isEqualTo(LoadState.ACTIVE);
        assertThat(refused.kind()).isEqualTo(FailureKind.FAILED_PRECONDITION);
        Await.result(test.worker.unloadModel(M, CONTEXT));
        Await.result(test.worker.deleteModel(M, CONTEXT));
        assertThat(Await.failure(test.worker.getModel("m", CONTEXT)).kind()).isEqualTo(FailureKind.MODEL_NOT_FOUND);
    }

    @Test
    void deletingTheDefaultVariantMakesTheSourceTheDefault() throws Exception {
        var request = new QuantizeRequest("m", "Q8_0", "", false, Optional.empty(), true);
        test.end(Await.result(test.worker.quantizeModel(request, CONTEXT)).id());

        Await.result(test.worker.deleteModel(ModelRef.of("m", "Q8_0"), CONTEXT));

        var model = Await.result(test.worker.getModel("m", CONTEXT));
        assertThat(model.defaultVariant()).isEqualTo("source");
        assertThat(model.quantized()).isFalse();
        assertThat(Await.failure(test.worker.deleteModel(ModelRef.of("m", "source"), CONTEXT))
                        .kind())
                .isEqualTo(FailureKind.FAILED_PRECONDITION);
    }

    @Test
    void aModelThatNobodyUsesIsUnloaded() throws Exception {
        try (var brief = new TestWorker(root, Duration.ofMillis(50), Duration.ofSeconds(5))) {
            Await.result(brief.worker.loadModel(M, LoadSettings.DEFAULT, CONTEXT));

            Await.until(() -> brief.worker.status().loaded().isEmpty());
        }
    }

    @Test
    void drainingRefusesNewRequestsAndWaitsForRunningOnes() throws Exception {
        var held = test.generate(M, "hold", CONTEXT);
        Await.until(() -> !test.backend.open.isEmpty() && model().heldCount() == 1);
        var left = Await.result(test.worker.drain(Duration.ofMillis(20), CONTEXT));
        var draining = test.worker.drain(Duration.ofSeconds(20), CONTEXT);

        assertThat(left).isEqualTo(1);
        assertThat(Await.failure(test.generate(M, "hi", CONTEXT).end).kind()).isEqualTo(FailureKind.UNAVAILABLE);
        assertThat(test.worker.status().draining()).isTrue();
        model().finish();
        Await.result(held.end);
        assertThat(Await.result(draining)).isZero();
    }

    @Test
    void closingEndsRunningRequestsAndTheBackend() throws Exception {
        var held = test.generate(M, "hold", CONTEXT);
        Await.until(() -> !test.backend.open.isEmpty() && model().heldCount() == 1);

        test.close();

        assertThat(Await.failure(held.end).kind()).isEqualTo(FailureKind.UNAVAILABLE);
        assertThat(test.backend.open).isEmpty();
        assertThat(test.backend.closed).isTrue();
    }

    private FakeModel model() {
        return test.backend.open.element();
    }

    private static void await(CountDownLatch latch) {
        try {
            Await.until(() -> latch.getCount() == 0);
        } catch (Exception failed) {
            throw new IllegalStateException(failed);
        }
    }
}
