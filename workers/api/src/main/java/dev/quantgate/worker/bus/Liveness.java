package dev.quantgate.worker.bus;

import java.time.Duration;

/**
 * How long the ends wait for signs of life.
 *
 * @param pingInterval between two pings, and between two hellos
 * @param lossTimeout silence after which the other end is lost
 * @param removal how long a lost worker stays listed
 * @param admissionTimeout most time a worker may take to admit or refuse
 */
record Liveness(Duration pingInterval, Duration lossTimeout, Duration removal, Duration admissionTimeout) {
    static final Liveness DEFAULT =
            new Liveness(Duration.ofSeconds(1), Duration.ofMillis(3500), Duration.ofSeconds(10), Duration.ofSeconds(5));

    /** Ticks between two pings: finer than pings, so that a loss is noticed soon after its time. */
    static final int TICKS_PER_PING = 4;

    Duration tick() {
        return pingInterval.dividedBy(TICKS_PER_PING);
    }
}
