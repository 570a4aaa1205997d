package dev.quantgate.worker.bus;

import dev.quantgate.worker.api.WorkerFailure;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** The streams and calls of a gateway that have not ended. Thread-safe. */
final class InFlight {
    private final AtomicLong ids = new AtomicLong();
    private final ConcurrentMap<Long, Exchange> exchanges = new ConcurrentHashMap<>();

    /** An id that no other exchange of this gateway has or had. */
    long nextId() {
        return ids.incrementAndGet();
    }

    void add(Exchange exchange) {
        exchanges.put(exchange.id(), exchange);
    }

    void remove(Exchange exchange) {
        exchanges.remove(exchange.id());
    }

    /** The exchange of that id, or null if it has ended. */
    @Nullable
    Exchange find(long id) {
        return exchanges.get(id);
    }

    void failAll(Predicate<Exchange> which, WorkerFailure failure) {
        exchanges.values().stream().filter(which).forEach(exchange -> exchange.fail(failure));
    }

    int size() {
        return exchanges.size();
    }
}
