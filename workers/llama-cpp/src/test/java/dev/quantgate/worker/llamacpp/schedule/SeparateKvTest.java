package dev.quantgate.worker.llamacpp.schedule;

import static dev.quantgate.worker.llamacpp.schedule.Requests.join;
import static dev.quantgate.worker.llamacpp.schedule.Requests.numbers;
import static dev.quantgate.worker.llamacpp.schedule.Requests.request;
import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Objects;
import java.util.Random;
import org.junit.jupiter.api.Test;

class SeparateKvTest {
    private static final int SLOTS = 4;

    private final FakeEngine engine = new FakeEngine(4000, SLOTS, 512).withSeparateSequences();
    private final SeparateKv cache = new SeparateKv(engine, true);
    private final StepBatch batch = new StepBatch(512);

    private KvSequence computed(int... tokens) {
        var sequence = cache.open(new TokenList(tokens));
        var count = tokens.length - sequence.computed();
        batch.clear();
        batch.add(sequence.tokens(), sequence.computed(), count, sequence.id(), false);
        assertThat(engine.decode(batch)).isEqualTo(DecodeEngine.Outcome.DONE);
        cache.append(sequence, count);
        return sequence;
    }

    @Test
    void idsHaveNoGapsWhileAllPlacesAreTaken() {
        var running = new ArrayList<KvSequence>();
        for (int i = 0; i < SLOTS; i++) {
            running.add(computed(numbers(20, i)));
        }
        for (int i = 0; i < 50; i++) {
            cache.retire(running.remove(i % SLOTS));
            running.add(computed(numbers(20, 100 + i)));
            assertThat(running).extracting(KvSequence::id).containsExactlyInAnyOrder(0, 1, 2, 3);
        }
    }

    @Test
    void theLowestFreePlaceIsTaken() {
        var first = computed(numbers(20, 1));
        computed(numbers(20, 2));
        cache.drop(first);

        assertThat(computed(numbers(20, 3)).id()).isZero();
        assertThat(computed(numbers(20, 4)).id()).isEqualTo(2);
    }

    @Test
    void aPrefixOfARunningSequenceIsCopied() {
        var first = computed(numbers(100, 1));
        var second = computed(join(numbers(60, 1), numbers(10, 2)));

        assertThat(second.id()).isNotEqualTo(first.id());
        assertThat(engine.computedTokens()).isEqualTo(110);
        assertThat(cache.usedTokens()).isEqualTo(170);
    }

    @Test
    void aTextThatGoesOnTakesThePlaceOfItsBeginning() {
        var first = computed(numbers(50, 1));
        cache.retire(first);

        var second = computed(numbers(80, 1));

        assertThat(second.id()).isEqualTo(first.id());
        assertThat(engine.computedTokens()).isEqualTo(80);
        assertThat(cache.usedTokens()).isEqualTo(80);
    }

    @Test
    void anotherTextWithTheSameBeginningLeavesItThere() {
        cache.retire(computed(numbers(50, 1)));

        var second = computed(join(numbers(30, 1), numbers(5, 2)));
        cache.drop(second);

        assertThat(cache.open(new TokenList(numbers(50, 1))).computed()).isEqualTo(49);
    }

    @Test
    void thePlaceUsedLongestAgoIsTakenFirst() {
        for (int i = 1; i <= SLOTS; i++) {
            cache.retire(computed(numbers(20, i)));
        }
        computed(numbers(20, 9));

        assertThat(cache.bestPrefix(new TokenList(numbers(20, 1)))).isNull();
        assertThat(cache.bestPrefix(new TokenList(numbers(20, 2)))).isNotNull();
    }

    @Test
    void theOnlyPlaceLeftIsTakenWithThePrefixInIt() {
        for (int i = 1; i < SLOTS; i++) {
            computed(numbers(20, i));
        }
        cache.retire(computed(numbers(60, 7)));

        var opened = cache.open(new TokenList(join(numbers(30, 7), numbers(30, 8))));

        assertThat(opened.computed()).isEqualTo(30);
        assertThat(cache.usedTokens()).isEqualTo(3 * 20 + 30);
    }

    @Test
    void withoutPrefixCacheNothingStays() {
        var forgetful = new SeparateKv(engine, false);
        var sequence = forgetful.open(new TokenList(numbers(50, 1)));
        forgetful.append(sequence, 50);
        forgetful.retire(sequence);

        assertThat(forgetful.usedTokens()).isZero();
        assertThat(forgetful.open(new TokenList(numbers(50, 1))).computed()).isZero();
    }

    @Test
    void textIsTheSameAloneAndInACrowd() {
        var crowded = new FakeEngine(6 * 200, 6, 64).withSeparateSequences();
        var scheduler = new Scheduler(
                crowded,
                null,
                new LoopSettings(6, Duration.ofHours(1), 2048, 8),
                new AbortGate(crowded),
                new LoopStatistics());
        var random = new Random(42);
        var all = new ArrayList<Requests>();
        for (int i = 0; i < 60; i++) {
            var shared = numbers(random.nextInt(60), random.nextInt(3));
            var one = request()
                    .prompt(join(shared, numbers(1 + random.nextInt(60), 10 + random.nextInt(5))))
                    .maxTokens(1 + random.nextInt(80))
                    .contextTokens(200);
            all.add(one);
            scheduler.enqueue(one.build());
            for (int rounds = random.nextInt(20); rounds > 0; rounds--) {
                scheduler.round();
            }
        }
        for (int i = 0; i < 100_000 && !scheduler.idle(); i++) {
            scheduler.round();
        }

        for (var one : all) {
            var figures = Objects.requireNonNull(one.outlet.figures);
            assertThat(one.outlet.tokens).isEqualTo(FakeEngine.expectedText(one.prompt(), figures.completionTokens()));
        }
    }
}
