package dev.quantgate.worker.llamacpp.schedule;

import dev.quantgate.worker.api.WorkerFailure;
import java.util.ArrayList;
import java.util.List;

/** Requests whose text is complete, while their receivers have not taken all of it or it is being saved. */
final class Draining {
    private final List<DecodeRequest> requests = new ArrayList<>();

    void add(DecodeRequest request) {
        requests.add(request);
    }

    boolean isEmpty() {
        return requests.isEmpty();
    }

    /** Lets go of those that are done or given up. */
    void sweep(long now) {
        for (int i = requests.size() - 1; i >= 0; i--) {
            var request = requests.get(i);
            var over = request.over(now);
            if (over != null) {
                requests.remove(i);
                request.outlet().fail(over);
            } else if (request.outlet().flush()) {
                requests.remove(i);
            }
        }
    }

    void failAll(WorkerFailure failure) {
        List.copyOf(requests).forEach(request -> request.outlet().fail(failure));
        requests.clear();
    }

    long nanosToDeadline(long now) {
        return requests.stream()
                .mapToLong(request -> request.spec().deadlineAt() - now)
                .min()
                .orElse(Long.MAX_VALUE);
    }
}
