package dev.quantgate.bench.soak;

import java.util.random.RandomGenerator;

/** How a client treats an answer. */
enum Behaviour {
    /** Reads all of it. */
    READ,
    /** Reads a little, then cancels the call. */
    CANCEL,
    /** Reads a little, then its connection is gone without a word. */
    VANISH,
    /** Reads a little, stops reading for a while, then reads the rest. */
    STALL;

    private static final int CANCELS = 10;
    private static final int VANISHES = 8;
    private static final int STALLS = 6;

    /** Mostly {@link #READ}; the others in some of a hundred answers. */
    static Behaviour any(RandomGenerator random) {
        var roll = random.nextInt(100);
        if (roll < CANCELS) {
            return CANCEL;
        }
        if (roll < CANCELS + VANISHES) {
            return VANISH;
        }
        return roll < CANCELS + VANISHES + STALLS ? STALL : READ;
    }
}
