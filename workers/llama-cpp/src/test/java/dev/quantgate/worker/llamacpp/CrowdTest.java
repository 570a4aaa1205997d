package dev.quantgate.worker.llamacpp;

import static org.assertj.core.api.Assertions.assertThat;

import dev.quantgate.worker.api.CallContext;
import dev.quantgate.worker.api.Cancellation;
import dev.quantgate.worker.api.FailureKind;
import dev.quantgate.worker.api.WorkerFailure;
import dev.quantgate.worker.api.backend.BackendSettings;
import dev.quantgate.worker.api.backend.LoadOptions;
import dev.quantgate.worker.api.backend.LoadedModel;
import dev.quantgate.worker.llamacpp.gguf.TinyGguf;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** More clients than a model has room for, and clients that leave at any moment. */
@Timeout(240)
final class CrowdTest {
    private static final int SEQUENCES = 4;

    @TempDir
    private static Path folder;

    private final List<LlamaCppBackend> backends = new ArrayList<>();

    @AfterEach
    void close() {
        backends.forEach(LlamaCppBackend::close);
    }

    private LoadedModel model(int queue) {
        var file = TinyGguf.llama().writeTo(folder.resolve("tiny-" + queue + ".gguf"));
        var backend = new LlamaCppBackend(new BackendSettings(1, 1L << 30, 0, SEQUENCES, queue, Map.of()));
        backends.add(backend);
        return backend.load(file, new LoadOptions("tiny", 0), (fraction, step) -> {}, new Cancellation());
    }

    private static TestStream stalled(LoadedModel model, int maxTokens) {
        return new TestStream()
                .withoutCredit()
                .run(model, Generate.prompt("crowd").maxTokens(maxTokens).build(), CallContext.NO_TIMEOUT);
    }

    private static WorkerFailure refusal(LoadedModel model) throws Exception {
        try {
            return TestStream.start(model, Generate.prompt("one too many").build())
                    .failure();
        } catch (RuntimeException refused) {
            return WorkerFailure.find(refused).orElseThrow();
        }
    }

    @Test
    void aThousandStreamsAtOnceAllEndWhole() throws Exception {
        var model = model(1000);
        var streams = new ArrayList<TestStream>();

        for (int i = 0; i < 1000; i++) {
            streams.add(TestStream.start(
                    model, Generate.prompt("Stream " + i).maxTokens(6).build()));
        }

        for (var stream : streams) {
            assertThat(stream.completed().completionTokens()).isEqualTo(6);
            assertThat(stream.chunks().stream()
                            .mapToInt(chunk -> chunk.tokens())
                            .sum())
                    .isEqualTo(6);
        }
    }

    @Test
    void atFourTimesItsCapacityTheExcessIsRefusedAtOnceAndTheRestIsServed() throws Exception {
        var model = model(8);
        var capacity = SEQUENCES + 8;
        var admitted = new ArrayList<TestStream>();
        for (int i = 0; i < capacity; i++) {
            admitted.add(stalled(model, 100));
        }

        for (int i = 0; i < 3 * capacity; i++) {
            var refused = refusal(model);
            assertThat(refused.kind()).isEqualTo(FailureKind.QUEUE_FULL);
            assertThat(refused.retryAfter()).isPositive();
        }

        // None of the admitted can have ended by then: nobody has read.
        assertThat(admitted).allSatisfy(stream -> assertThat(stream.last).isNull());
        admitted.forEach(stream -> stream.handle().grant(200));
        for (var stream : admitted) {
            assertThat(stream.completed().completionTokens()).isEqualTo(100);
        }
    }

    @Test
    void cancellingEndsWaitingStalledAndRunningStreamsAndFreesTheirPlaces() throws Exception {
        var model = model(8);
        var stalled = new ArrayList<TestStream>();
        for (int i = 0; i < SEQUENCES; i++) {
            var stream = stalled(model, 300);
            stream.awaitFirstItem();
            stalled.add(stream);
        }
        var waiting = new ArrayList<TestStream>();
        for (int i = 0; i < 8; i++) {
            waiting.add(stalled(model, 300));
        }

        waiting.forEach(stream -> stream.cancellation().cancel());
        stalled.forEach(stream -> stream.handle().cancel());

        for (var stream : waiting) {
            assertThat(stream.failure().kind()).isEqualTo(FailureKind.CANCELLED);
        }
        for (var stream : stalled) {
            assertThat(stream.failure().kind()).isEqualTo(FailureKind.CANCELLED);
        }
        assertThat(TestStream.start(model, Generate.prompt("after").maxTokens(5).build())
                        .completed()
                        .completionTokens())
                .isEqualTo(5);
    }
}
