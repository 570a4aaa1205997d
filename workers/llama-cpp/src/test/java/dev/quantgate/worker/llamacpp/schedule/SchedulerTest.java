package dev.quantgate.worker.llamacpp.schedule;

import static dev.quantgate.worker.llamacpp.schedule.Requests.join;
import static dev.quantgate.worker.llamacpp.schedule.Requests.numbers;
import static dev.quantgate.worker.llamacpp.schedule.Requests.request;
import static org.assertj.core.api.Assertions.assertThat;

import dev.quantgate.worker.api.FailureKind;
import dev.quantgate.worker.api.WorkerFailure;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import org.junit.jupiter.api.Test;

class SchedulerTest {
    private static final Duration LONG_STEPS = Duration.ofHours(1);

    private FakeEngine engine = new FakeEngine(4096, 16, 256);
    private Scheduler scheduler = scheduler(8, LONG_STEPS);

    private Scheduler scheduler(int sequences, Duration stepTarget) {
        return new Scheduler(
                engine,
                null,
                new LoopSettings(sequences, stepTarget, 2048, 0),
                new AbortGate(engine),
                new LoopStatistics());
    }

    private DecodeRequest enqueue(Requests builder) {
        var built = builder.build();
        scheduler.enqueue(built);
        return built;
    }

    private void runAll() {
        for (int i = 0; i < 100_000 && !scheduler.idle(); i++) {
            scheduler.round();
        }
        assertThat(scheduler.idle()).isTrue();
    }

    @Test
    void aRequestGetsItsTokens() {
        var one = request().maxTokens(7);
        enqueue(one);

        runAll();

        assertThat(one.outlet.tokens).isEqualTo(FakeEngine.expectedText(one.prompt(), 7));
        assertThat(one.outlet.cause).isEqualTo(TokenOutlet.EndCause.LENGTH);
        assertThat(Objects.requireNonNull(one.outlet.figures).completionTokens())
                .isEqualTo(7);
    }

    @Test
    void textIsTheSameAloneAndInACrowdThatOverflowsTheCache() {
        engine = new FakeEngine(400, 12, 64);
        scheduler = scheduler(6, LONG_STEPS);
        var random = new Random(42);
        var all = new ArrayList<Requests>();
        for (int i = 0; i < 60; i++) {
            var shared = numbers(random.nextInt(60), random.nextInt(3));
            var own = numbers(1 + random.nextInt(60), 10 + random.nextInt(5));
            var one = request()
                    .prompt(join(shared, own))
                    .maxTokens(1 + random.nextInt(80))
                    .client("client" + i % 4);
            all.add(one);
            enqueue(one);
            for (int rounds = random.nextInt(20); rounds > 0; rounds--) {
                scheduler.round();
            }
        }

        runAll();

        for (var one : all) {
            var figures = Objects.requireNonNull(one.outlet.figures);
            assertThat(one.outlet.tokens).isEqualTo(FakeEngine.expectedText(one.prompt(), figures.completionTokens()));
        }
        assertThat(engine.distinctCells()).isLessThanOrEqualTo(400);
    }

    @Test
    void freedCellsAreUsedAgainWithoutMixingTheOrderOfARunningStream() {
        crowd(40, () -> assertThat(engine.cellsAscend()).isTrue());

        var all = engine.computedTokens();
        assertThat(engine.highestCell).isLessThan(all * 2 / 3);
    }

    @Test
    void aCrowdThatNeverPausesDoesNotSpreadOverTheWholeCache() {
        crowd(300, () -> {});

        assertThat(engine.highestCell).isLessThan(8192 / 4 + 1024);
    }

    private void crowd(int requests, Runnable afterEachRound) {
        engine = new FakeEngine(8192, 64, 64);
        scheduler = new Scheduler(
                engine, null, new LoopSettings(4, LONG_STEPS, 256, 0), new AbortGate(engine), new LoopStatistics());
        var random = new Random(3);
        for (int i = 1; i <= requests; i++) {
            // Lengths differ so that there is always someone running.
            var prompt = numbers(20 + random.nextInt(50), i);
            enqueue(request().prompt(prompt).maxTokens(10 + random.nextInt(60)));
        }
        while (!scheduler.idle()) {
            scheduler.round();
            afterEachRound.run();
        }
    }

    @Test
    void theLastTokenOfTheModelIsNotPartOfTheText() {
        var one = request().maxTokens(7);
        one.outlet.endOfText = FakeEngine.expectedText(one.prompt(), 7).get(3);
        enqueue(one);

        runAll();

        assertThat(one.outlet.tokens).hasSize(3);
        assertThat(one.outlet.cause).isEqualTo(TokenOutlet.EndCause.STOP);
    }

    @Test
    void aLongPromptComesInChunksBesideARunningStream() {
        scheduler = scheduler(8, Duration.ofNanos(1));
        var stream = request().maxTokens(500);
        enqueue(stream);
        scheduler.round();
        var before = stream.outlet.tokens.size();

        var prompt = request().prompt(numbers(1000, 5)).maxTokens(1);
        enqueue(prompt);
        var rounds = 0;
        while (!prompt.outlet.ended.isDone()) {
            scheduler.round();
            rounds++;
        }

        assertThat(rounds).isGreaterThan(10);
        assertThat(stream.outlet.tokens).hasSize(before + rounds);
    }

    @Test
    void withoutRunningStreamsAPromptFillsTheBatch() {
        enqueue(request().prompt(numbers(600, 5)).maxTokens(1));

        runAll();

        assertThat(engine.stepSizes).containsExactly(256, 256, 88);
    }

    @Test
    void promptsAreComputedFirstComeFirstServed() {
        var order = new ArrayList<String>();
        var first = request().prompt(numbers(300, 1)).maxTokens(1);
        var second = request().prompt(numbers(300, 2)).maxTokens(1);
        first.outlet.onToken = () -> order.add("first");
        second.outlet.onToken = () -> order.add("second");
        enqueue(first);
        enqueue(second);
        scheduler.round();
        scheduler.round();

        assertThat(order).containsExactly("first");
        runAll();
        assertThat(order).containsExactly("first", "second");
    }

    @Test
    void aStreamWithoutCreditIsNotDecoded() {
        var paused = request().maxTokens(20).credits(3);
        enqueue(paused);
        for (int i = 0; i < 10; i++) {
            scheduler.round();
        }
        assertThat(paused.outlet.tokens).hasSize(3);
        var steps = engine.stepSizes.size();
        assertThat(scheduler.round()).isFalse();
        assertThat(engine.stepSizes).hasSize(steps);

        paused.outlet.credits.set(100);
        runAll();

        assertThat(paused.outlet.tokens).isEqualTo(FakeEngine.expectedText(paused.prompt(), 20));
    }

    @Test
    void manyRequestsWithOnePrefixComputeItOnce() {
        engine = new FakeEngine(8192, 40, 256);
        scheduler = scheduler(16, LONG_STEPS);
        var system = numbers(512, 3);
        var all = new ArrayList<Requests>();
        for (int i = 0; i < 16; i++) {
            var one = request().prompt(join(system, numbers(4, 50 + i))).maxTokens(2);
            all.add(one);
            enqueue(one);
        }

        runAll();

        // 512 once, then 4 for each prompt and the first generated token of each.
        assertThat(engine.computedTokens()).isEqualTo(512 + 16 * 5);
        assertThat(all)
                .allSatisfy(one -> assertThat(one.outlet.tokens).isEqualTo(FakeEngine.expectedText(one.prompt(), 2)));
        assertThat(Objects.requireNonNull(all.get(9).outlet.figures).cachedTokens())
                .isEqualTo(512);
    }

    @Test
    void aFinishedTextIsAPrefixForTheNextTurn() {
        var first = request().prompt(numbers(40, 1)).maxTokens(20);
        enqueue(first);
        runAll();
        var history = join(
                first.prompt(),
                first.outlet.tokens.stream().mapToInt(Integer::intValue).toArray());

        var second = request().prompt(join(history, numbers(5, 9))).maxTokens(3);
        enqueue(second);
        runAll();

        assertThat(Objects.requireNonNull(second.outlet.figures).cachedTokens()).isEqualTo(59);
        assertThat(second.outlet.tokens).isEqualTo(FakeEngine.expectedText(second.prompt(), 3));
    }

    @Test
    void higherPriorityGoesFirst() {
        engine = new FakeEngine(4096, 16, 256);
        scheduler = scheduler(1, LONG_STEPS);
        var order = new ArrayList<Integer>();
        for (int priority : List.of(0, -5, 10, 3)) {
            var one = request().priority(priority).maxTokens(1);
            one.outlet.onToken = () -> order.add(priority);
            enqueue(one);
        }

        runAll();

        assertThat(order).containsExactly(10, 3, 0, -5);
    }

    @Test
    void aBusyClientDoesNotHoldUpAnother() {
        scheduler = scheduler(1, LONG_STEPS);
        var order = new ArrayList<String>();
        for (int i = 0; i < 10; i++) {
            var one = request().client("busy").maxTokens(1);
            one.outlet.onToken = () -> order.add("busy");
            enqueue(one);
        }
        scheduler.round();
        var late = request().client("late").maxTokens(1);
        late.outlet.onToken = () -> order.add("late");
        enqueue(late);

        runAll();

        assertThat(order.indexOf("late")).isLessThanOrEqualTo(2);
    }

    @Test
    void cancellingEndsAWaitingAndARunningRequest() {
        scheduler = scheduler(1, LONG_STEPS);
        var running = request().maxTokens(1000).contextTokens(4000);
        var waiting = request();
        var runningRequest = enqueue(running);
        var waitingRequest = enqueue(waiting);
        scheduler.round();

        runningRequest.markCancelled();
        waitingRequest.markCancelled();
        scheduler.round();

        assertThat(Objects.requireNonNull(running.outlet.failure).kind()).isEqualTo(FailureKind.CANCELLED);
        assertThat(Objects.requireNonNull(waiting.outlet.failure).kind()).isEqualTo(FailureKind.CANCELLED);
        assertThat(scheduler.idle()).isTrue();
    }

    @Test
    void cancellingAPromptStopsItsStepAndHarmsNobodyElse() {
        var gate = new AbortGate(engine);
        scheduler = new Scheduler(engine, null, new LoopSettings(8, LONG_STEPS, 2048, 0), gate, new LoopStatistics());
        var stream = request().maxTokens(30);
        enqueue(stream);
        scheduler.round();
        var prompt = request().prompt(numbers(250, 4)).maxTokens(5);
        var cancelled = enqueue(prompt);
        engine.duringNextDecode(() -> gate.cancel(cancelled));
        var steps = engine.stepSizes.size();
        scheduler.round();

        assertThat(engine.stepSizes).hasSize(steps);
        runAll();
        assertThat(Objects.requireNonNull(prompt.outlet.failure).kind()).isEqualTo(FailureKind.CANCELLED);
        assertThat(stream.outlet.tokens).isEqualTo(FakeEngine.expectedText(stream.prompt(), 30));
    }

    @Test
    void aDeadlineEndsAWaitingRequest() {
        scheduler = scheduler(1, LONG_STEPS);
        enqueue(request().maxTokens(1000).contextTokens(4000));
        var late = request().deadlineIn(-1);
        enqueue(late);

        scheduler.round();

        assertThat(Objects.requireNonNull(late.outlet.failure).kind()).isEqualTo(FailureKind.DEADLINE_EXCEEDED);
    }

    @Test
    void aFullContextEndsTheText() {
        var one = request().contextTokens(15).maxTokens(100);
        enqueue(one);

        runAll();

        assertThat(one.outlet.tokens).hasSize(5);
        assertThat(one.outlet.cause).isEqualTo(TokenOutlet.EndCause.LENGTH);
    }

    @Test
    void aFullContextIsShiftedOnRequest() {
        var one = request().contextTokens(15).maxTokens(100).shift();
        enqueue(one);

        runAll();

        assertThat(one.outlet.tokens).hasSize(100);
        assertThat(one.outlet.tokens.subList(0, 5)).isEqualTo(FakeEngine.expectedText(one.prompt(), 5));
    }

    @Test
    void aCrashEndsRunningRequestsAndWaitingOnesGoOn() {
        scheduler = scheduler(1, LONG_STEPS);
        var running = request().maxTokens(50);
        var waiting = request().maxTokens(3);
        enqueue(running);
        enqueue(waiting);
        scheduler.round();

        scheduler.crashed(WorkerFailure.of(FailureKind.BACKEND_CRASHED, "native code failed"));
        runAll();

        assertThat(Objects.requireNonNull(running.outlet.failure).kind()).isEqualTo(FailureKind.BACKEND_CRASHED);
        assertThat(waiting.outlet.tokens).isEqualTo(FakeEngine.expectedText(waiting.prompt(), 3));
        assertThat(engine.recoveries).isOne();
    }
}
