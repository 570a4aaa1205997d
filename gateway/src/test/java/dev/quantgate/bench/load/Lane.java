package dev.quantgate.bench.load;

import java.time.Duration;
import java.util.List;

/**
 * One client: it sends its requests one after the other.
 *
 * @param startAfter when it sends the first one, counted from the start of the workload
 * @param requests its requests
 * @param observed whether its latencies count; its tokens and its time always do
 */
public record Lane(Duration startAfter, List<Request> requests, boolean observed) {
    public Lane {
        requests = List.copyOf(requests);
    }

    /** A client that starts at once and is observed. */
    public static Lane of(List<Request> requests) {
        return new Lane(Duration.ZERO, requests, true);
    }
}
