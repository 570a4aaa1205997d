package dev.quantgate.worker.api;

import java.util.ArrayList;
import java.util.List;

/** A one-way switch by which a caller gives up; callbacks run once, on the thread that fires it. Thread-safe. */
public final class Cancellation {
    private final List<Runnable> callbacks = new ArrayList<>();
    private boolean fired;

    public void cancel() {
        List<Runnable> toRun;
        synchronized (callbacks) {
            if (fired) {
                return;
            }
            fired = true;
            toRun = List.copyOf(callbacks);
            callbacks.clear();
        }
        toRun.forEach(Runnable::run);
    }

    public boolean isCancelled() {
        synchronized (callbacks) {
            return fired;
        }
    }

    /** Runs {@code callback} when the switch fires, or at once if it has. */
    public void onCancel(Runnable callback) {
        synchronized (callbacks) {
            if (!fired) {
                callbacks.add(callback);
                return;
            }
        }
        callback.run();
    }
}
