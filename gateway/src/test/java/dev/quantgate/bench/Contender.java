package dev.quantgate.bench;

import java.util.Map;

/** One side of a contest: does the round's work once and says what that took. */
public interface Contender {
    /** Name as reports show it. */
    String name();

    /**
     * Does the work.
     *
     * @param round above 0, or not for a warm-up; every contender gets the same work in the same round
     * @return readings by metric name
     */
    Map<String, Double> measure(int round) throws Exception;

    /** Does the work, or as much of it as makes code and caches warm. */
    default void warmUp(int round) throws Exception {
        var unused = measure(round);
    }
}
