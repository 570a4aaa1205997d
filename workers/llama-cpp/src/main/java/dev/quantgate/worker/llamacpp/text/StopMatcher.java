package dev.quantgate.worker.llamacpp.text;

import java.util.List;

/**
 * Finds stop strings in a text that arrives in pieces, and holds back only what could still become one. Not thread-safe.
 */
public final class StopMatcher {
    private final List<String> stops;
    private final StringBuilder held = new StringBuilder();
    private String match = "";

    public StopMatcher(List<String> stops) {
        this.stops = List.copyOf(stops);
    }

    /** Takes a piece and returns what is certain to be text; after a match, what stood before the stop string. */
    public String push(String piece) {
        if (stops.isEmpty()) {
            return piece;
        }
        held.append(piece);
        var at = earliestMatch();
        var end = at >= 0 ? at : held.length() - openTail();
        var text = held.substring(0, end);
        if (at >= 0) {
            held.setLength(0);
        } else {
            held.delete(0, end);
        }
        return text;
    }

    /** What was held back, at the end of a text that no stop string ended. */
    public String flush() {
        var text = held.toString();
        held.setLength(0);
        return text;
    }

    public boolean matched() {
        return !match.isEmpty();
    }

    /** The stop string that was found, or empty. */
    public String match() {
        return match;
    }

    /** Start of the stop string that is complete first, so that the result does not depend on how the text was cut. */
    private int earliestMatch() {
        var start = -1;
        var earliestEnd = Integer.MAX_VALUE;
        for (var stop : stops) {
            var at = held.indexOf(stop);
            var end = at + stop.length();
            if (at >= 0 && (end < earliestEnd || (end == earliestEnd && at < start))) {
                start = at;
                earliestEnd = end;
                match = stop;
            }
        }
        return start;
    }

    /** Length of the longest end of the text that begins a stop string. */
    private int openTail() {
        var longest = 0;
        for (var stop : stops) {
            for (int length = Math.min(stop.length() - 1, held.length()); length > longest; length--) {
                if (endsWith(stop, length)) {
                    longest = length;
                }
            }
        }
        return longest;
    }

    private boolean endsWith(String stop, int length) {
        var start = held.length() - length;
        for (int i = 0; i < length; i++) {
            if (held.charAt(start + i) != stop.charAt(i)) {
                return false;
            }
        }
        return true;
    }
}
