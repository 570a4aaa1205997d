package dev.quantgate.worker.llamacpp.schedule;

import dev.quantgate.worker.api.WorkerFailure;

/** Work on the loop's thread between decode steps, in slices short enough not to hold up running streams. */
public interface SideTask {
    /**
     * Runs one slice.
     *
     * @return true when the task is done
     */
    boolean step();

    /** Ends the task without a result. */
    void fail(WorkerFailure failure);
}
