package dev.quantgate.worker.llamacpp.schedule;

import static dev.quantgate.worker.llamacpp.schedule.Requests.numbers;
import static dev.quantgate.worker.llamacpp.schedule.Requests.request;
import static org.assertj.core.api.Assertions.assertThat;

import dev.quantgate.worker.api.FailureKind;
import dev.quantgate.worker.api.WorkerFailure;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.function.ToIntFunction;
import org.junit.jupiter.api.Test;

/** The text is unpredictable from itself, so whatever is guessed comes from the model. */
class DraftModelTest {
    private final FakeEngine engine = new FakeEngine(4096, 16, 256);
    private FakeEngine small = small(4096);

    /** A model that takes a twentieth of the other's time. */
    private static FakeEngine small(int kvTokens) {
        var small = new FakeEngine(kvTokens, 8, 256);
        small.nanosPerStep /= 20;
        small.nanosPerRow /= 20;
        return small;
    }

    private static ToIntFunction<List<Integer>> wrongOnceIn(int tokens) {
        return text -> FakeEngine.next(text) + (text.size() % tokens == 0 ? 1 : 0);
    }

    private List<Requests> run(int count, int maxTokens) {
        var scheduler = new Scheduler(
                engine,
                new DraftModel(small, () -> {}, small::now),
                new LoopSettings(8, Duration.ofHours(1), 2048, 12),
                new AbortGate(engine),
                new LoopStatistics(),
                engine::now);
        var all = new ArrayList<Requests>();
        for (int i = 0; i < count; i++) {
            var one = request().prompt(numbers(40 + i, i)).maxTokens(maxTokens);
            all.add(one);
            scheduler.enqueue(one.build());
        }
        for (int i = 0; i < 100_000 && !scheduler.idle(); i++) {
            scheduler.round();
        }
        for (var one : all) {
            assertThat(one.outlet.tokens).isEqualTo(FakeEngine.expectedText(one.prompt(), maxTokens));
        }
        scheduler.close();
        assertThat(small.closed).isTrue();
        return all;
    }

    private static DecodeFigures figures(Requests one) {
        return Objects.requireNonNull(one.outlet.figures);
    }

    @Test
    void aModelThatIsRightSavesMostSteps() {
        run(1, 200);

        assertThat(engine.stepSizes).hasSizeLessThan(200 / 4);
    }

    @Test
    void severalTextsAreGuessedTogether() {
        small.model = wrongOnceIn(7);

        // More than run at once, so that some take over what others leave behind.
        var all = run(20, 60);

        assertThat(all)
                .allSatisfy(
                        one -> assertThat(figures(one).acceptedDraftTokens()).isGreaterThan(20));
        assertThat(small.decodeRowsOfSteps).contains(8);
        assertThat(small.distinctCells()).isZero();
    }

    @Test
    void aModelThatIsWrongIsAskedSeldom() {
        small.model = text -> FakeEngine.next(text) + 1;

        var all = run(1, 900);

        assertThat(figures(all.get(0)).draftedTokens()).isBetween(1, 30);
    }

    @Test
    void aModelWithoutRoomGuessesLessAndHarmsNothing() {
        small = small(120);

        run(6, 80);
    }

    @Test
    void aCrashTakesTheModelsContextToo() {
        var draft = new DraftModel(small, () -> {}, small::now);
        var loop = new Scheduler(
                engine,
                draft,
                new LoopSettings(8, Duration.ofHours(1), 2048, 12),
                new AbortGate(engine),
                new LoopStatistics(),
                engine::now);
        loop.enqueue(request().maxTokens(100).build());
        for (int i = 0; i < 5; i++) {
            loop.round();
        }

        loop.crashed(WorkerFailure.of(FailureKind.BACKEND_CRASHED, "a fault of the test's making"));

        assertThat(small.recoveries).isEqualTo(1);
        var next = request().maxTokens(50);
        loop.enqueue(next.build());
        while (!loop.idle()) {
            loop.round();
        }
        assertThat(next.outlet.tokens).isEqualTo(FakeEngine.expectedText(next.prompt(), 50));
    }
}
