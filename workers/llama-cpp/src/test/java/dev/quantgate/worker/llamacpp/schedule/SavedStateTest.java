package dev.quantgate.worker.llamacpp.schedule;

import static dev.quantgate.worker.llamacpp.schedule.Requests.join;
import static dev.quantgate.worker.llamacpp.schedule.Requests.numbers;
import static dev.quantgate.worker.llamacpp.schedule.Requests.request;
import static org.assertj.core.api.Assertions.assertThat;

import dev.quantgate.worker.api.FailureKind;
import dev.quantgate.worker.api.WorkerFailure;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class SavedStateTest {
    private FakeEngine engine = new FakeEngine(1000, 8, 64);
    private Scheduler scheduler = scheduler();

    private Scheduler scheduler() {
        return new Scheduler(
                engine,
                null,
                new LoopSettings(4, Duration.ofHours(1), 500, 0),
                new AbortGate(engine),
                new LoopStatistics());
    }

    /** A state that is fetched when the test says so. */
    private static final class State implements SavedState {
        private final int[] tokens;
        private final boolean whole;
        private boolean asked;
        private boolean there = true;
        private @Nullable WorkerFailure damage;

        State(int[] tokens, boolean whole) {
            this.tokens = tokens;
            this.whole = whole;
        }

        @Override
        public TokenList tokens() {
            return new TokenList(tokens);
        }

        @Override
        public boolean whole() {
            return whole;
        }

        @Override
        public boolean fetched() {
            asked = true;
            return there;
        }

        @Override
        public ByteBuffer state() {
            var state = ByteBuffer.allocateDirect(4 * tokens.length);
            for (var token : tokens) {
                state.putInt(token);
            }
            return state.flip();
        }

        @Override
        public @Nullable WorkerFailure damage() {
            return damage;
        }
    }

    private Requests start(Requests builder) {
        scheduler.enqueue(builder.build());
        return builder;
    }

    private void rounds(int count) {
        for (int i = 0; i < count && !scheduler.idle(); i++) {
            scheduler.round();
        }
    }

    private static int cached(Requests request) {
        return Objects.requireNonNull(request.outlet.figures).cachedTokens();
    }

    private static void assertText(Requests request) {
        assertThat(request.outlet.tokens).isEqualTo(FakeEngine.expectedText(request.prompt(), 5));
    }

    @Test
    void aRequestStartsFromWhatWasKept() {
        var kept = new int[1][];
        var state = ByteBuffer.allocate(4000);
        var first = start(request().prompt(numbers(100, 1)).keeper((from, sequence, tokens) -> {
            kept[0] = tokens;
            from.saveState(sequence, state);
        }));
        rounds(100);
        assertThat(kept[0]).hasSize(104).startsWith(first.prompt());
        assertThat(state.position()).isEqualTo(4 * 104);

        engine = new FakeEngine(1000, 8, 64);
        scheduler = scheduler();
        var next = start(request().prompt(join(kept[0], numbers(10, 9))).saved(new State(kept[0], false)));
        rounds(100);

        assertText(next);
        assertThat(cached(next)).isEqualTo(104);
        assertThat(engine.computedTokens()).isEqualTo(10 + 4);
    }

    @Test
    void aStateIsCutWhereTheConversationDiffers() {
        var saved = join(numbers(50, 1), numbers(30, 2));
        var request =
                start(request().prompt(join(numbers(50, 1), numbers(10, 3))).saved(new State(saved, false)));
        rounds(100);

        assertText(request);
        assertThat(cached(request)).isEqualTo(50);
    }

    @Test
    void aWholeStateIsNotCut() {
        var saved = join(numbers(50, 1), numbers(30, 2));
        var differs =
                start(request().prompt(join(numbers(50, 1), numbers(10, 3))).saved(new State(saved, true)));
        var goesOn = start(request().prompt(join(saved, numbers(10, 3))).saved(new State(saved, true)));
        rounds(100);

        assertText(differs);
        assertText(goesOn);
        assertThat(cached(differs)).isZero();
        assertThat(cached(goesOn)).isEqualTo(80);
    }

    @Test
    void aStateThatTheCacheStillHasIsNotFetched() {
        start(request().prompt(numbers(60, 1)));
        rounds(100);
        var state = new State(numbers(60, 1), false);

        var again = start(request().prompt(join(numbers(60, 1), numbers(5, 2))).saved(state));
        rounds(100);

        assertText(again);
        assertThat(cached(again)).isEqualTo(60);
        assertThat(state.asked).isFalse();
    }

    @Test
    void aRequestWaitsForItsStateAndOthersDoNot() {
        var state = new State(numbers(60, 1), false);
        state.there = false;
        var waits = start(request().prompt(join(numbers(60, 1), numbers(5, 2))).saved(state));
        var other = start(request().prompt(numbers(20, 7)));
        rounds(50);

        assertText(other);
        assertThat(waits.outlet.tokens).isEmpty();
        state.there = true;
        rounds(100);
        assertText(waits);
        assertThat(cached(waits)).isEqualTo(60);
    }

    @Test
    void aDamagedStateEndsItsRequest() {
        var state = new State(numbers(60, 1), false);
        state.damage = WorkerFailure.of(FailureKind.FAILED_PRECONDITION, "damaged");
        var request =
                start(request().prompt(join(numbers(60, 1), numbers(5, 2))).saved(state));
        rounds(10);

        assertThat(Objects.requireNonNull(request.outlet.failure).message()).isEqualTo("damaged");
        assertThat(request.outlet.tokens).isEmpty();
    }

    @Test
    void whatTheEngineHasNoPlaceForIsComputed() {
        engine.refuseStates = true;
        var request =
                start(request().prompt(join(numbers(60, 1), numbers(5, 2))).saved(new State(numbers(60, 1), false)));
        rounds(100);

        assertText(request);
        assertThat(cached(request)).isZero();
    }

    @Test
    void restoringEvictsPrefixesAndNeverRunningRequests() {
        for (int i = 0; i < 4; i++) {
            start(request().prompt(numbers(120, 10 + i)));
            rounds(100);
        }
        var running = start(request().prompt(numbers(300, 20)).maxTokens(5).credits(1));
        rounds(10);
        var request =
                start(request().prompt(join(numbers(400, 1), numbers(5, 2))).saved(new State(numbers(400, 1), false)));
        rounds(100);

        assertText(request);
        assertThat(cached(request)).isEqualTo(400);
        running.outlet.credits.set(100);
        rounds(100);
        assertText(running);
    }

    @Test
    void aSequenceWithCellsOfItsOwnStartsFromAStateToo() {
        engine = new FakeEngine(4 * 200, 4, 64).withSeparateSequences();
        scheduler = scheduler();
        for (int i = 0; i < 4; i++) {
            start(request().prompt(numbers(50, 10 + i)).contextTokens(200));
            rounds(100);
        }
        var saved = join(numbers(50, 1), numbers(30, 2));
        var goesOn = start(
                request().prompt(join(saved, numbers(10, 3))).contextTokens(200).saved(new State(saved, false)));
        var differs = start(request()
                .prompt(join(numbers(50, 1), numbers(10, 4)))
                .contextTokens(200)
                .client("other"));
        rounds(100);
        engine.refuseStates = true;
        var refused = start(request()
                .prompt(join(numbers(60, 5), numbers(10, 3)))
                .contextTokens(200)
                .saved(new State(numbers(60, 5), false)));
        rounds(100);

        assertText(goesOn);
        assertThat(cached(goesOn)).isEqualTo(80);
        assertText(differs);
        assertThat(cached(differs)).isEqualTo(50);
        assertText(refused);
        assertThat(cached(refused)).isZero();
    }
}
