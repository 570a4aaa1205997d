package dev.quantgate.bench;

import java.util.List;

/**
 * What a run of a suite found.
 *
 * @param suite name of the suite
 * @param machine what it ran on, and how busy that was
 * @param cases one for each figure
 */
public record Report(String suite, String machine, List<CaseResult> cases) {
    public Report {
        cases = List.copyOf(cases);
    }
}
