package dev.quantgate.bench;

import java.util.List;

/** A workload that contenders run in turns, and the cases that come of it. */
public interface Contest {
    /** Name, by which it can be chosen. */
    String name();

    /** Measures. */
    List<CaseResult> run(Rounds rounds) throws Exception;
}
