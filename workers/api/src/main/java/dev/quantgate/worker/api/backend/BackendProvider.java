package dev.quantgate.worker.api.backend;

import dev.quantgate.worker.api.WorkerException;

/** Makes a backend; found by {@link java.util.ServiceLoader}. One module provides one backend. */
public interface BackendProvider {
    /** Stable name such as {@code llama.cpp}. */
    String name();

    /**
     * Makes the backend. Loads native code at first use, not here, so that starting a worker is cheap.
     *
     * @throws WorkerException if a setting is wrong
     */
    Backend create(BackendSettings settings);
}
