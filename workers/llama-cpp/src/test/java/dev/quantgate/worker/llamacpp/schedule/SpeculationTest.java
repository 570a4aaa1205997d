package dev.quantgate.worker.llamacpp.schedule;

import static dev.quantgate.worker.llamacpp.schedule.FakeEngine.repeating;
import static dev.quantgate.worker.llamacpp.schedule.Requests.join;
import static dev.quantgate.worker.llamacpp.schedule.Requests.numbers;
import static dev.quantgate.worker.llamacpp.schedule.Requests.request;
import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import java.util.function.ToIntFunction;
import org.junit.jupiter.api.Test;

class SpeculationTest {
    private static final int NEVER = Integer.MAX_VALUE;
    private static final int MAX_DRAFT = 16;

    private FakeEngine engine = new FakeEngine(4096, 16, 256);
    private final LoopStatistics statistics = new LoopStatistics();
    private Scheduler scheduler = scheduler(MAX_DRAFT);

    private Scheduler scheduler(int draftTokens) {
        return new Scheduler(
                engine,
                null,
                new LoopSettings(8, Duration.ofHours(1), 2048, draftTokens),
                new AbortGate(engine),
                statistics,
                () -> engine.now());
    }

    private void runAll() {
        for (int i = 0; i < 100_000 && !scheduler.idle(); i++) {
            scheduler.round();
        }
        assertThat(scheduler.idle()).isTrue();
    }

    private void run(Requests one) {
        scheduler.enqueue(one.build());
        runAll();
    }

    private List<Integer> expected(Requests one, int tokens) {
        return FakeEngine.expectedText(one.prompt(), tokens, engine.model);
    }

    private static DecodeFigures figures(Requests one) {
        return Objects.requireNonNull(one.outlet.figures);
    }

    private int counted(String figure) {
        return Objects.requireNonNull(statistics.snapshot(4096).get(figure)).intValue();
    }

    @Test
    void aRepetitiveTextIsTheSameAndTakesAFractionOfTheSteps() {
        engine.model = repeating(12, NEVER);
        var one = request().prompt(numbers(40, 1)).maxTokens(200);

        run(one);

        assertThat(one.outlet.tokens).isEqualTo(expected(one, 200));
        assertThat(engine.stepSizes).hasSizeLessThan(200 / 4);
        assertThat(figures(one).completionTokens()).isEqualTo(200);
        assertThat(figures(one).acceptedDraftTokens()).isGreaterThan(150);
        assertThat(figures(one).draftedTokens()).isBetween(figures(one).acceptedDraftTokens(), 250);
        assertThat(counted("drafted_tokens")).isEqualTo(figures(one).draftedTokens());
        assertThat(counted("accepted_draft_tokens")).isEqualTo(figures(one).acceptedDraftTokens());
    }

    @Test
    void aTokenIsSampledOnceHoweverManyWereGuessed() {
        engine.model = repeating(9, 13);
        var one = request().prompt(numbers(40, 1)).maxTokens(150);

        run(one);

        assertThat(figures(one).draftedTokens()).isGreaterThan(figures(one).acceptedDraftTokens());
        assertThat(engine.sampledRows).isEqualTo(150);
    }

    @Test
    void aCrowdGetsTheSameTextsAndEachTokenLiesAboveTheOnesBefore() {
        engine.model = repeating(10, 40);
        engine.nanosPerRow = 1_000;
        crowd(16, 40, () -> assertThat(engine.cellsAscend()).isTrue());

        assertThat(counted("accepted_draft_tokens")).isGreaterThan(100);
        assertThat(counted("drafted_tokens")).isGreaterThan(counted("accepted_draft_tokens"));
    }

    @Test
    void aCrowdThatOverflowsTheCacheGetsTheSameTexts() {
        engine = new FakeEngine(400, 12, 64);
        engine.model = repeating(10, 17);
        engine.nanosPerRow = 1_000;
        scheduler = scheduler(MAX_DRAFT);

        crowd(60, 160, () -> {});

        assertThat(counted("accepted_draft_tokens")).isGreaterThan(100);
        assertThat(counted("preemptions")).isPositive();
        assertThat(engine.distinctCells()).isEqualTo(counted("kv_tokens_used"));
    }

    /** Requests that come and go, some with a common beginning, all with the texts that they must have. */
    private void crowd(int count, int longest, Runnable afterEachRound) {
        var random = new Random(7);
        var all = new ArrayList<Requests>();
        for (int i = 0; i < count; i++) {
            var prompt = join(numbers(20, i % 3), numbers(12 + random.nextInt(20), 10 + i));
            var one = request().prompt(prompt).maxTokens(1 + random.nextInt(longest));
            all.add(one);
            scheduler.enqueue(one.build());
            for (int rounds = random.nextInt(10); rounds > 0; rounds--) {
                scheduler.round();
                afterEachRound.run();
            }
        }
        while (!scheduler.idle()) {
            scheduler.round();
            afterEachRound.run();
        }
        for (var one : all) {
            var tokens = figures(one).completionTokens();
            assertThat(one.outlet.tokens).hasSize(tokens).isEqualTo(expected(one, tokens));
        }
    }

    @Test
    void theContextsEndIsTheTextsEnd() {
        engine.model = repeating(12, NEVER);
        var one = request().prompt(numbers(40, 1)).maxTokens(500).contextTokens(101);

        run(one);

        assertThat(one.outlet.tokens).isEqualTo(expected(one, 61));
        assertThat(one.outlet.cause).isEqualTo(TokenOutlet.EndCause.LENGTH);
    }

    @Test
    void aShiftedContextGivesTheSameText() {
        engine.model = repeating(12, 29);
        var guessed = request()
                .prompt(numbers(40, 1))
                .maxTokens(150)
                .contextTokens(64)
                .shift();
        run(guessed);
        assertThat(figures(guessed).acceptedDraftTokens()).isPositive();

        var plain = request()
                .prompt(numbers(40, 1))
                .maxTokens(150)
                .contextTokens(64)
                .shift()
                .withoutSpeculation();
        run(plain);

        assertThat(guessed.outlet.tokens).hasSize(150).isEqualTo(plain.outlet.tokens);
        assertThat(figures(plain).draftedTokens()).isZero();
    }

    @Test
    void aTextMayEndWithinAGuessAndServesAsAPrefixAfterwards() {
        engine.model = repeating(12, NEVER);
        for (int length = 60; length < 80; length++) {
            var stopped = request().prompt(numbers(40, length)).maxTokens(200);
            stopped.outlet.stopAt = length;
            run(stopped);
            assertThat(stopped.outlet.tokens).isEqualTo(expected(stopped, length));
            assertThat(stopped.outlet.cause).isEqualTo(TokenOutlet.EndCause.STOP);
            assertThat(figures(stopped).completionTokens()).isEqualTo(length);

            var text =
                    stopped.outlet.tokens.stream().mapToInt(Integer::intValue).toArray();
            var next = request()
                    .prompt(join(join(stopped.prompt(), text), numbers(5, 3)))
                    .maxTokens(30);
            run(next);
            assertThat(next.outlet.tokens).isEqualTo(expected(next, 30));
            assertThat(engine.distinctCells()).isEqualTo(counted("kv_tokens_used"));
        }
    }

    @Test
    void theModelsEndMarkWithinAGuessIsNotPartOfTheText() {
        // The mark stands in the prompt as well, as it does in a conversation, so it is guessed.
        engine.model = repeating(40, NEVER);
        var prompt = join(numbers(40, 1), numbers(40, 1));
        var one = request().prompt(prompt).maxTokens(200);
        one.outlet.endOfText = prompt[9];

        run(one);

        assertThat(one.outlet.tokens).isEqualTo(expected(one, 9));
        assertThat(figures(one).acceptedDraftTokens()).isPositive();
        assertThat(engine.distinctCells()).isEqualTo(counted("kv_tokens_used"));
    }

    @Test
    void aReceiverWithoutCreditStopsARunAndLosesNothing() {
        engine.model = repeating(12, NEVER);
        var one = request().prompt(numbers(40, 1)).maxTokens(100).credits(3);
        scheduler.enqueue(one.build());
        for (int i = 1; i <= 40; i++) {
            for (int round = 0; round < 4; round++) {
                scheduler.round();
            }
            assertThat(one.outlet.tokens).hasSize(Math.min(100, 3 * i));
            one.outlet.credits.addAndGet(3);
        }

        assertThat(one.outlet.tokens).isEqualTo(expected(one, 100));
        assertThat(figures(one).acceptedDraftTokens()).isPositive();
    }

    @Test
    void aCancelledRequestGetsNoTokenMore() {
        engine.model = repeating(12, NEVER);
        var one = request().prompt(numbers(40, 1)).maxTokens(500);
        var built = one.build();
        one.outlet.onToken = () -> {
            if (one.outlet.tokens.size() == 77) {
                built.markCancelled();
            }
        };
        scheduler.enqueue(built);

        runAll();

        assertThat(one.outlet.tokens).hasSize(77);
        assertThat(engine.distinctCells()).isEqualTo(counted("kv_tokens_used"));
    }

    @Test
    void aReceiverThatFailsWithinARunHarmsNobodyElse() {
        engine.model = repeating(12, NEVER);
        engine.nanosPerRow = 1_000;
        var one = request().prompt(numbers(40, 1)).maxTokens(500);
        one.outlet.onToken = () -> {
            if (one.outlet.tokens.size() == 77) {
                throw new IllegalStateException("a fault of the test's making");
            }
        };
        var other = request().prompt(numbers(40, 2)).maxTokens(120);
        scheduler.enqueue(one.build());
        run(other);

        assertThat(one.outlet.failure).isNotNull();
        assertThat(other.outlet.tokens).isEqualTo(expected(other, 120));
    }

    @Test
    void anUnpredictableTextComputesNothingElse() {
        var one = request().prompt(numbers(40, 1)).maxTokens(300);

        run(one);

        assertThat(figures(one).draftedTokens()).isZero();
        assertThat(engine.computedTokens()).isEqualTo(40 + 299);
    }

    @Test
    void guessesThatFailStopAndComeBackWhenTheyWouldHaveComeTrue() {
        // Three tokens return again and again, each time with another one behind them.
        ToIntFunction<List<Integer>> misleading =
                tokens -> tokens.size() % 4 == 0 ? 100 + tokens.size() / 4 : tokens.size() % 4 + 1;
        engine.model = tokens -> tokens.size() < 640
                ? misleading.applyAsInt(tokens)
                : repeating(12, NEVER).applyAsInt(tokens);
        engine.nanosPerRow = 400_000;
        var one = request().prompt(numbers(40, 1)).maxTokens(800);
        var drafted = new ArrayList<Integer>();
        one.outlet.onToken = () -> drafted.add(counted("drafted_tokens"));

        run(one);

        assertThat(one.outlet.tokens).isEqualTo(expected(one, 800));
        assertThat(drafted.get(560) - drafted.get(200)).isLessThan(10);
        assertThat(drafted.get(799) - drafted.get(640)).isGreaterThan(100);
    }

    @Test
    void rowsThatCostAsMuchAsStepsAreNotSpentOnGuesses() {
        engine.model = repeating(12, NEVER);
        engine.nanosPerStep = 10_000;
        engine.nanosPerRow = 1_000_000;
        var one = request().prompt(numbers(40, 1)).maxTokens(200);

        run(one);

        assertThat(figures(one).draftedTokens()).isZero();
    }

    @Test
    void aFullBatchGuessesNothing() {
        engine.model = repeating(12, NEVER);
        engine.nanosPerStep = 200_000;
        engine.nanosPerRow = 1_000_000;
        var alone = request().prompt(numbers(40, 1)).maxTokens(200);
        run(alone);
        assertThat(figures(alone).draftedTokens()).isPositive();

        var together = new ArrayList<Requests>();
        for (int i = 2; i < 10; i++) {
            together.add(request().prompt(numbers(40, i)).maxTokens(200));
        }
        together.forEach(one -> scheduler.enqueue(one.build()));
        runAll();

        assertThat(together).allSatisfy(one -> {
            assertThat(one.outlet.tokens).isEqualTo(expected(one, 200));
            assertThat(figures(one).draftedTokens()).isZero();
        });
    }
}
