package dev.quantgate.bench.soak;

import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/** What the clients have counted. Thread-safe. */
final class Tally {
    private static final int KEPT_FAULTS = 20;

    private final Map<Behaviour, Integer> answers = new EnumMap<>(Behaviour.class);
    private final List<String> faults = new ArrayList<>();
    private long tokens;
    private long faultCount;

    synchronized void answer(Behaviour behaviour, Answer answer) {
        answers.merge(behaviour, 1, Integer::sum);
        tokens += Math.max(0, answer.usage());
    }

    synchronized void fault(String what) {
        faultCount++;
        if (faults.size() < KEPT_FAULTS) {
            faults.add(what);
        }
    }

    synchronized int answers(Behaviour behaviour) {
        return answers.getOrDefault(behaviour, 0);
    }

    synchronized long tokens() {
        return tokens;
    }

    synchronized long faultCount() {
        return faultCount;
    }

    /** The first of them. */
    synchronized List<String> faults() {
        return List.copyOf(faults);
    }
}
