package dev.quantgate.worker.llamacpp.schedule;

/** The memory that all models of a backend share, as seen by one of them. Thread-safe. */
public interface MemoryBudget {
    /** Sets bytes aside; false, and nothing is set aside, if the limit does not allow it. */
    boolean take(long bytes);

    /** Gives bytes back. */
    void give(long bytes);
}
