package dev.quantgate.worker.torch.serving;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.quantgate.natives.torch.TorchRuntime;
import dev.quantgate.natives.torch.TorchSettings;
import dev.quantgate.worker.api.CallContext;
import dev.quantgate.worker.api.Cancellation;
import dev.quantgate.worker.api.FailureKind;
import dev.quantgate.worker.api.WorkerFailure;
import dev.quantgate.worker.torch.RandomCheckpoint;
import dev.quantgate.worker.torch.model.EncoderModel;
import dev.quantgate.worker.torch.model.TokenBatch;
import dev.quantgate.worker.torch.model.TokenInput;
import dev.quantgate.worker.torch.quantize.CheckpointQuantizer;
import dev.quantgate.worker.torch.quantize.Precision;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class BatchEngineTest {

    @TempDir
    private Path folder;

    private EncoderModel model;

    @BeforeAll
    static void start() {
        TorchRuntime.start(TorchSettings.defaults());
    }

    @BeforeEach
    void load() throws IOException {
        RandomCheckpoint.tiny().write(folder);
        model = EncoderModel.load(folder);
    }

    @AfterEach
    void unload() {
        model.close();
    }

    @Test
    void concurrentInputsOfManyLengthsGetTheirOwnAnswers() throws Exception {
        List<TokenInput> inputs = new ArrayList<>();
        Random random = new Random(3);
        for (int i = 0; i < 200; i++) {
            inputs.add(input(1 + random.nextInt(60), i));
        }
        try (BatchEngine engine = new BatchEngine("test", model, settings(2, 1_000))) {
            List<CompletableFuture<List<float[][]>>> futures = new ArrayList<>();
            for (TokenInput input : inputs) {
                futures.add(engine.submit(new Computation.SequenceScores(), List.of(input), CallContext.of("t"))
                        .toCompletableFuture());
            }
            for (int i = 0; i < inputs.size(); i++) {
                float[] expected = model.sequenceScores(new TokenBatch(List.of(inputs.get(i)), 0))[0];
                assertThat(futures.get(i).get(30, TimeUnit.SECONDS).get(0)[0]).containsExactly(expected, within(1e-4f));
            }
            assertThat(engine.statistics().get("batches")).isLessThan(200.0);
            assertThat(engine.statistics().get("inputs")).isEqualTo(200.0);
        }
    }

    @Test
    void int8AnswersDependNeitherOnOtherInstancesNorOnABatchsCompany(@TempDir Path quantized) throws Exception {
        Files.copy(folder.resolve("config.json"), quantized.resolve("config.json"));
        new CheckpointQuantizer(folder, Precision.DYNAMIC_INT8).write(quantized, (i, n, name) -> {}, () -> false);
        BatchSettings batches = new BatchSettings(3, 1_024, 16, Duration.ZERO, 1_000);
        try (EncoderModel int8 = EncoderModel.load(quantized);
                BatchEngine engine = new BatchEngine("int8", int8, batches)) {
            List<TokenInput> inputs = new ArrayList<>();
            List<float[]> expected = new ArrayList<>();
            for (int i = 0; i < 300; i++) {
                inputs.add(input(1 + i % 50, i));
                expected.add(int8.sequenceScores(new TokenBatch(List.of(inputs.get(i)), 0))[0]);
            }
            List<float[][]> actual = engine.submit(new Computation.SequenceScores(), inputs, CallContext.of("t"))
                    .toCompletableFuture()
                    .get(60, TimeUnit.SECONDS);
            for (int i = 0; i < inputs.size(); i++) {
                assertThat(actual.get(i)[0]).containsExactly(expected.get(i));
            }
        }
    }

    @Test
    void weightsStayMappedAfterAGarbageCollection() {
        TokenBatch batch = new TokenBatch(List.of(input(20, 1)), 0);
        float[] before = model.sequenceScores(batch)[0];
        // Unreachable buffers are unmapped by this, and reading them would end the process.
        System.gc();
        System.gc();

        assertThat(model.sequenceScores(batch)[0]).containsExactly(before, within(0f));
    }

    @Test
    void aFullQueueRefusesAtOnceAndAClosedOneSaysUnavailable() throws Exception {
        BlockingComputation block = new BlockingComputation(new CountDownLatch(1), new CountDownLatch(1));
        BatchEngine engine = new BatchEngine("test", model, settings(1, 1));
        engine.submit(block, List.of(input(3, 1)), CallContext.of("a"));
        block.started().await();
        engine.submit(new Computation.SequenceScores(), List.of(input(3, 2)), CallContext.of("b"));

        assertThatThrownBy(() ->
                        engine.submit(new Computation.SequenceScores(), List.of(input(3, 3)), CallContext.of("c")))
                .satisfies(e -> assertKind(e, FailureKind.QUEUE_FULL));

        block.release().countDown();
        engine.close();
        assertThatThrownBy(() ->
                        engine.submit(new Computation.SequenceScores(), List.of(input(3, 3)), CallContext.of("d")))
                .satisfies(e -> assertKind(e, FailureKind.UNAVAILABLE));
    }

    @Test
    void cancelledAndLateRequestsAreNotComputed() throws Exception {
        BlockingComputation block = new BlockingComputation(new CountDownLatch(1), new CountDownLatch(1));
        try (BatchEngine engine = new BatchEngine("test", model, settings(1, 10))) {
            engine.submit(block, List.of(input(3, 1)), CallContext.of("a"));
            block.started().await();
            Cancellation cancellation = new Cancellation();
            var cancelled = engine.submit(
                            new Computation.SequenceScores(),
                            List.of(input(3, 2)),
                            new CallContext("b", CallContext.NO_TIMEOUT, "", cancellation))
                    .toCompletableFuture();
            var late = engine.submit(
                            new Computation.SequenceScores(),
                            List.of(input(3, 2)),
                            new CallContext("c", Duration.ZERO, "", new Cancellation()))
                    .toCompletableFuture();
            cancellation.cancel();
            block.release().countDown();

            assertThatThrownBy(() -> cancelled.get(10, TimeUnit.SECONDS))
                    .satisfies(e -> assertKind(e, FailureKind.CANCELLED));
            assertThatThrownBy(() -> late.get(10, TimeUnit.SECONDS))
                    .satisfies(e -> assertKind(e, FailureKind.DEADLINE_EXCEEDED));
            assertThat(engine.statistics().get("inputs")).isEqualTo(1.0);
        }
    }

    @Test
    void bucketsWasteAtMostAThird() {
        for (int tokens = 17; tokens <= 512; tokens++) {
            assertThat(PendingInput.bucket(tokens)).isBetween(tokens, tokens + tokens / 3);
        }
    }

    /** Holds its batch until the test lets it go. */
    private record BlockingComputation(CountDownLatch started, CountDownLatch release) implements Computation {
        @Override
        public float[][][] run(EncoderModel model, TokenBatch batch, List<int[]> positions) {
            started.countDown();
            try {
                release.await();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
            return new float[batch.size()][1][1];
        }
    }

    private static BatchSettings settings(int instances, int queue) {
        return new BatchSettings(instances, 1_024, 16, Duration.ofMillis(1), queue);
    }

    private static TokenInput input(int tokens, long seed) {
        return new TokenInput(new Random(seed).longs(tokens, 5, 100).toArray(), new long[tokens]);
    }

    private static void assertKind(Throwable raised, FailureKind kind) {
        assertThat(WorkerFailure.find(raised))
                .get()
                .extracting(WorkerFailure::kind)
                .isEqualTo(kind);
    }
}
