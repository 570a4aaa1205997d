package dev.quantgate.worker.llamacpp.schedule;

import static dev.quantgate.worker.llamacpp.schedule.Requests.join;
import static dev.quantgate.worker.llamacpp.schedule.Requests.numbers;
import static dev.quantgate.worker.llamacpp.schedule.Requests.request;
import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Objects;
import java.util.Random;
import org.junit.jupiter.api.Test;

class AdapterTurnsTest {
    private final FakeEngine engine = new FakeEngine(4096, 24, 256);
    private final Scheduler scheduler = new Scheduler(
            engine,
            null,
            new LoopSettings(12, Duration.ofHours(1), 2048, 0),
            new AbortGate(engine),
            new LoopStatistics());

    private Requests start(Requests builder) {
        scheduler.enqueue(builder.build());
        return builder;
    }

    private void rounds(int count) {
        for (int i = 0; i < count && !scheduler.idle(); i++) {
            scheduler.round();
        }
    }

    @Test
    void requestsWithDifferentAdaptersEachGetTheirOwnTextAndShareNoPrefix() {
        var random = new Random(7);
        var all = new ArrayList<Requests>();
        for (int i = 0; i < 60; i++) {
            var one = request()
                    .prompt(join(numbers(40, random.nextInt(2)), numbers(1 + random.nextInt(30), 20 + i)))
                    .maxTokens(1 + random.nextInt(40));
            if (i % 3 > 0) {
                one.adapter("sha" + i % 3, 1 + i % 2);
            }
            all.add(start(one));
            rounds(random.nextInt(12));
        }

        rounds(100_000);

        for (var one : all) {
            var figures = Objects.requireNonNull(one.outlet.figures);
            assertThat(one.outlet.tokens)
                    .isEqualTo(FakeEngine.expectedText(one.prompt(), figures.completionTokens(), one.adapters()));
        }
    }

    @Test
    void aPrefixIsSharedWithinASetOnly() {
        var system = numbers(50, 1);
        var base = start(request().prompt(join(system, numbers(5, 2))));
        rounds(1000);
        var first = start(request().prompt(join(system, numbers(5, 3))).adapter("a", 1));
        rounds(1000);
        var second = start(request().prompt(join(system, numbers(5, 4))).adapter("a", 1));
        var scaled = start(request().prompt(join(system, numbers(5, 5))).adapter("a", 2));
        rounds(1000);

        assertThat(cached(base)).isZero();
        assertThat(cached(first)).isZero();
        assertThat(cached(second)).isEqualTo(50);
        assertThat(cached(scaled)).isZero();
    }

    private static int cached(Requests request) {
        return Objects.requireNonNull(request.outlet.figures).cachedTokens();
    }

    @Test
    void setsTakeTurnsHoweverManyRequestsTheyHave() {
        for (int i = 0; i < 10; i++) {
            start(request().prompt(numbers(10, i)).maxTokens(500).adapter("many", 1));
        }
        var alone = start(request().prompt(numbers(10, 99)).maxTokens(500));

        rounds(200);

        var steps = engine.adaptersOfSteps;
        assertThat(Collections.frequency(steps, alone.adapters())).isBetween(95, 105);
        // A turn is some steps long: changing the set is not free.
        var changes = 0;
        for (int i = 1; i < steps.size(); i++) {
            changes += steps.get(i).equals(steps.get(i - 1)) ? 0 : 1;
        }
        assertThat(changes).isLessThanOrEqualTo(200 / AdapterTurns.STEPS);
    }

    @Test
    void newcomersOfOneSetDoNotStarveAnother() {
        var alone = start(request().prompt(numbers(10, 99)).maxTokens(2000));
        for (int i = 0; i < 200; i++) {
            start(request().prompt(numbers(10, i)).maxTokens(1).adapter("many", 1));
            rounds(1);
        }

        assertThat(Collections.frequency(engine.adaptersOfSteps, alone.adapters()))
                .isGreaterThan(80);
    }

    @Test
    void aSetThatCannotGoOnGivesItsTurnAway() {
        var stalled = start(request().credits(2).maxTokens(50).adapter("a", 1));
        var other = start(request().prompt(numbers(10, 5)).maxTokens(50));

        rounds(200);

        assertThat(other.outlet.tokens).hasSize(50);
        stalled.outlet.credits.set(100);
        rounds(200);
        assertThat(stalled.outlet.tokens).isEqualTo(FakeEngine.expectedText(stalled.prompt(), 50, stalled.adapters()));
    }
}
