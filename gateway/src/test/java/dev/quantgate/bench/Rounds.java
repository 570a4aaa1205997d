package dev.quantgate.bench;

import java.time.Duration;
import java.util.List;
import java.util.function.Consumer;

/**
 * Lets contenders work in turns, so that what disturbs the machine disturbs all of them.
 *
 * @param warmUps rounds before the measured ones, numbered downwards from 0
 * @param count measured rounds
 * @param settle pause before each turn, in which the threads of the one before go to sleep
 * @param limit no round begins later than this after the first one, but two are played in any case
 * @param log hears what is being done
 */
public record Rounds(int warmUps, int count, Duration settle, Duration limit, Consumer<String> log) {
    private static final int FEWEST = 2;

    public Rounds {
        if (count < 1) {
            throw new IllegalArgumentException("count: " + count + " (expected: >= 1)");
        }
    }

    /** The same with another number of warm-ups. */
    public Rounds withWarmUps(int value) {
        return new Rounds(value, count, settle, limit, log);
    }

    /** The same with another pause. */
    public Rounds withSettle(Duration value) {
        return new Rounds(warmUps, count, value, limit, log);
    }

    /** Runs the warm-ups and the rounds; each round starts with the next contender. */
    public Readings play(List<? extends Contender> contenders) throws Exception {
        for (int round = 0; round > -warmUps; round--) {
            for (var contender : contenders) {
                contender.warmUp(round);
            }
        }
        var readings = new Readings();
        var start = System.nanoTime();
        for (int round = 1;
                round <= count && (round <= FEWEST || System.nanoTime() - start < limit.toNanos());
                round++) {
            for (int turn = 0; turn < contenders.size(); turn++) {
                var contender = contenders.get((round + turn) % contenders.size());
                Thread.sleep(settle.toMillis());
                var read = contender.measure(round);
                readings.add(contender.name(), read);
                log.accept("  round " + round + " " + contender.name() + " " + read);
            }
        }
        return readings;
    }
}
