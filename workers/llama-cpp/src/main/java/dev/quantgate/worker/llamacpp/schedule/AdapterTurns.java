package dev.quantgate.worker.llamacpp.schedule;

import java.util.ArrayList;
import java.util.List;

/**
 * Which running requests take part in the next step: all of them while they use the same adapters, else those of one set
 * at a time. The sets take turns whatever number of requests each has, so that none waits for another one's load; a turn
 * is some steps long, because llama.cpp plans its memory anew whenever the set changes.
 */
final class AdapterTurns {
    static final int STEPS = 4;

    private final List<DecodeRequest> chosen = new ArrayList<>();
    private AdapterSet current = AdapterSet.NONE;
    private int stepsLeft;
    private long turn;

    /** The set of the requests that {@link #next} has returned. */
    AdapterSet current() {
        return current;
    }

    /** A request starts to run: its set has had no turn yet that it missed. */
    void started(DecodeRequest request) {
        request.servedAt(turn);
    }

    /** Requests of one set, in the order of {@code running}; valid until the next call. */
    List<DecodeRequest> next(List<DecodeRequest> running) {
        if (running.isEmpty()) {
            return running;
        }
        if (!mixed(running)) {
            current = running.get(0).adapters();
            stepsLeft = 0;
            return running;
        }
        if (stepsLeft > 0 && hasWork(running, current)) {
            stepsLeft--;
        } else {
            current = leastServed(running);
            stepsLeft = STEPS - 1;
            turn++;
        }
        chosen.clear();
        for (int i = 0; i < running.size(); i++) {
            var request = running.get(i);
            if (request.adapters().equals(current)) {
                request.servedAt(turn);
                chosen.add(request);
            }
        }
        return chosen;
    }

    private static boolean mixed(List<DecodeRequest> running) {
        var first = running.get(0).adapters();
        for (int i = 1; i < running.size(); i++) {
            if (!running.get(i).adapters().equals(first)) {
                return true;
            }
        }
        return false;
    }

    private static boolean hasWork(List<DecodeRequest> running, AdapterSet set) {
        for (int i = 0; i < running.size(); i++) {
            if (running.get(i).adapters().equals(set) && running.get(i).computable()) {
                return true;
            }
        }
        return false;
    }

    private AdapterSet leastServed(List<DecodeRequest> running) {
        DecodeRequest best = null;
        for (int i = 0; i < running.size(); i++) {
            var request = running.get(i);
            if (request.computable() && (best == null || request.servedAt() < best.servedAt())) {
                best = request;
            }
        }
        return best == null ? current : best.adapters();
    }
}
