package dev.quantgate.worker.llamacpp.schedule;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Predicate;

/** Requests that wait for a sequence: by priority, then the client who was served least, then arrival. */
final class AdmissionQueue {
    private final List<DecodeRequest> waiting = new ArrayList<>();
    private final FairShares shares;
    private final Comparator<DecodeRequest> order;

    AdmissionQueue(FairShares shares) {
        this.shares = shares;
        order = Comparator.<DecodeRequest>comparingInt(
                        request -> -request.spec().priority())
                .thenComparingDouble(request -> shares.served(request.spec().client()))
                .thenComparingLong(DecodeRequest::order);
    }

    int size() {
        return waiting.size();
    }

    void add(DecodeRequest request) {
        waiting.add(request);
    }

    /** The request that is next among those that pass. */
    Optional<DecodeRequest> next(Predicate<DecodeRequest> eligible) {
        return waiting.stream().filter(eligible).min(order);
    }

    /** Takes a request out and charges its client for the prompt. */
    void admit(DecodeRequest request, int promptTokens) {
        waiting.remove(request);
        shares.charge(request.spec().client(), promptTokens);
    }

    /** Takes out whatever matches. */
    void removeIf(Predicate<DecodeRequest> matches, Consumer<DecodeRequest> removed) {
        for (int i = waiting.size() - 1; i >= 0; i--) {
            var request = waiting.get(i);
            if (matches.test(request)) {
                waiting.remove(i);
                removed.accept(request);
            }
        }
    }

    /** The earliest deadline, {@link Long#MAX_VALUE} nanoseconds from {@code now} if there is none. */
    long nanosToDeadline(long now) {
        var nearest = Long.MAX_VALUE;
        for (var request : waiting) {
            nearest = Math.min(nearest, request.spec().deadlineAt() - now);
        }
        return nearest;
    }
}
