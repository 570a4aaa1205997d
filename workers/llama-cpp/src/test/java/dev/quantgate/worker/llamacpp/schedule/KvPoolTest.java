package dev.quantgate.worker.llamacpp.schedule;

import static dev.quantgate.worker.llamacpp.schedule.Requests.join;
import static dev.quantgate.worker.llamacpp.schedule.Requests.numbers;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Random;
import org.junit.jupiter.api.Test;

class KvPoolTest {
    private static final int SLOTS = 8;

    private final FakeEngine engine = new FakeEngine(1000, SLOTS, 512);
    private final KvPool pool = new KvPool(engine, 1000);
    private final StepBatch batch = new StepBatch(512);

    private KvSequence compute(KvSequence sequence, int count) {
        batch.clear();
        batch.add(sequence.tokens(), sequence.computed(), count, sequence.id(), false);
        assertThat(engine.decode(batch)).isEqualTo(DecodeEngine.Outcome.DONE);
        pool.append(sequence, count);
        return sequence;
    }

    private KvSequence computed(int... tokens) {
        var sequence = pool.open(new TokenList(tokens));
        return compute(sequence, tokens.length - sequence.computed());
    }

    @Test
    void aSharedPrefixTakesNoRoom() {
        var first = computed(numbers(100, 1));
        var second = computed(join(numbers(60, 1), numbers(10, 2)));

        assertThat(second.computed()).isEqualTo(70);
        assertThat(pool.usedTokens()).isEqualTo(110);

        pool.drop(first);
        assertThat(pool.makeRoom(1000 - 70)).isTrue();
        assertThat(pool.usedTokens()).isEqualTo(70);
    }

    @Test
    void theLastTokenIsNeverShared() {
        pool.retire(computed(numbers(50, 1)));

        assertThat(pool.open(new TokenList(numbers(50, 1))).computed()).isEqualTo(49);
    }

    @Test
    void roomIsMadeByEvictingTheLeastRecentlyUsed() {
        pool.retire(computed(numbers(300, 1)));
        pool.retire(computed(numbers(300, 2)));
        pool.drop(computed(join(numbers(300, 1), numbers(1, 9))));

        assertThat(pool.makeRoom(600)).isTrue();

        assertThat(pool.bestPrefix(new TokenList(numbers(300, 1)))).isNotNull();
        assertThat(pool.bestPrefix(new TokenList(numbers(300, 2)))).isNull();
    }

    @Test
    void noMorePrefixesAreKeptThanTheLimitAllows() {
        var limited = new KvPool(engine, 150);
        for (int i = 1; i <= 4; i++) {
            var sequence = limited.open(new TokenList(numbers(60, i)));
            limited.append(sequence, 60);
            limited.retire(sequence);
        }

        assertThat(limited.usedTokens()).isEqualTo(120);
        assertThat(limited.bestPrefix(new TokenList(numbers(60, 4)))).isNotNull();
        assertThat(limited.bestPrefix(new TokenList(numbers(60, 2)))).isNull();
    }

    @Test
    void promptsWithNothingInCommonLeaveNothingBehindUntilOneComesBack() {
        for (int i = 1; i <= PrefixBudget.PATIENCE_REQUESTS; i++) {
            pool.retire(computed(numbers(60, i)));
        }
        assertThat(pool.usedTokens()).isZero();

        pool.retire(computed(numbers(60, PrefixBudget.PATIENCE_REQUESTS)));

        assertThat(pool.usedTokens()).isEqualTo(60);
        assertThat(pool.open(new TokenList(numbers(60, PrefixBudget.PATIENCE_REQUESTS)))
                        .computed())
                .isEqualTo(59);
    }

    @Test
    void theNewestPrefixIsKeptWhateverItsLength() {
        var limited = new KvPool(engine, 50);
        var sequence = limited.open(new TokenList(numbers(200, 1)));
        limited.append(sequence, 200);
        limited.retire(sequence);

        assertThat(limited.bestPrefix(new TokenList(numbers(200, 1)))).isNotNull();
    }

    @Test
    void cellsFreedWhileOthersRunAreAtMostThoseThatNewSequencesFill() {
        var running = computed(numbers(10, 1));
        var ended = computed(numbers(100, 2));
        pool.drop(ended);
        assertThat(pool.usedTokens()).isEqualTo(110);

        pool.refill(30);
        assertThat(pool.usedTokens()).isEqualTo(80);
        assertThat(engine.distinctCells()).isEqualTo(80);

        pool.refill(500);
        assertThat(pool.usedTokens()).isEqualTo(10);
        assertThat(engine.distinctCells()).isEqualTo(10);
        assertThat(pool.isActive(running)).isTrue();
    }

    @Test
    void aRefillTakesNothingThatAnotherSequenceNeeds() {
        var first = computed(numbers(100, 1));
        var second = computed(join(numbers(60, 1), numbers(10, 2)));
        pool.drop(first);

        pool.refill(500);

        assertThat(pool.usedTokens()).isEqualTo(70);
        assertThat(second.computed()).isEqualTo(70);
        assertThat(engine.distinctCells()).isEqualTo(70);
    }

    @Test
    void runningSequencesAreNeverEvicted() {
        computed(numbers(300, 1));

        assertThat(pool.makeRoom(701)).isFalse();
        assertThat(pool.makeRoom(700)).isTrue();
        assertThat(pool.activeTokens()).isEqualTo(300);
    }

    @Test
    void aPrefixThatALongerOneContainsIsForgotten() {
        pool.retire(computed(numbers(50, 1)));
        pool.retire(computed(numbers(80, 1)));
        pool.retire(computed(numbers(60, 1)));

        assertThat(pool.usedTokens()).isEqualTo(80);
        assertThat(engine.distinctCells()).isEqualTo(80);
    }

    @Test
    void theLedgerAgreesWithTheCache() {
        var random = new Random(11);
        var running = new ArrayList<KvSequence>();
        for (int round = 0; round < 5000; round++) {
            if (running.size() < SLOTS - 2 && random.nextBoolean()) {
                var tokens = join(numbers(random.nextInt(80), random.nextInt(2)), numbers(1 + random.nextInt(40), 5));
                if (pool.makeRoom(tokens.length)) {
                    running.add(computed(tokens));
                }
            } else if (!running.isEmpty()) {
                var ended = running.remove(random.nextInt(running.size()));
                if (random.nextBoolean()) {
                    pool.retire(ended);
                } else {
                    pool.drop(ended);
                }
            }
            pool.refill(random.nextInt(20));
            assertThat(pool.usedTokens()).isEqualTo(engine.distinctCells());
        }
    }
}
