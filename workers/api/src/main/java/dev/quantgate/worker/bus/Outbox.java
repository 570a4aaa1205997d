package dev.quantgate.worker.bus;

import io.vertx.core.Context;
import java.util.LinkedHashSet;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * Hands what backends stream over to the endpoint's event loop: without locks, and with one task for a whole burst of
 * all streams, such as the tokens of one decode step.
 */
final class Outbox {
    private static final int MAX_ARRIVALS_PER_TASK = 1024;

    private final Context context;
    private final Queue<Arrival<?>> arrivals = new ConcurrentLinkedQueue<>();
    private final AtomicBoolean scheduled = new AtomicBoolean();

    Outbox(Context context) {
        this.context = context;
    }

    /** Takes an arrival from any thread. */
    void post(Arrival<?> arrival) {
        arrivals.add(arrival);
        schedule();
    }

    private void schedule() {
        if (!scheduled.get() && scheduled.compareAndSet(false, true)) {
            context.runOnContext(v -> drain());
        }
    }

    private void drain() {
        // Before the first poll: whoever adds behind the last one schedules anew.
        scheduled.set(false);
        Set<StreamService<?>> touched = new LinkedHashSet<>();
        for (int i = 0; i < MAX_ARRIVALS_PER_TASK; i++) {
            var arrival = arrivals.poll();
            if (arrival == null) {
                break;
            }
            arrival.reach();
            touched.add(arrival.stream());
        }
        touched.forEach(StreamService::burstEnded);
        if (!arrivals.isEmpty()) {
            schedule();
        }
    }

    /** Something that a backend gave to a stream. */
    sealed interface Arrival<T> {
        StreamService<T> stream();

        /** Hands it to the stream, on the event loop. */
        void reach();
    }

    /** An item. */
    record ItemArrival<T>(StreamService<T> stream, T item) implements Arrival<T> {
        @Override
        public void reach() {
            stream.arrived(item);
        }
    }

    /** The end of the stream. */
    record EndArrival<T>(StreamService<T> stream, Ending ending) implements Arrival<T> {
        @Override
        public void reach() {
            stream.arrived(ending);
        }
    }
}
