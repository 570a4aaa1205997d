package dev.quantgate.worker.api;

/** The receiver's end of a running stream. Thread-safe; calls after the end do nothing. */
public interface StreamHandle {
    /** Lets the sender deliver {@code items} more; a stream starts with {@link #INITIAL_WINDOW}. */
    void grant(int items);

    /** Stops the work behind the stream; the sink gets {@link FailureKind#CANCELLED}. */
    void cancel();

    /** Items that a sender may deliver before the first grant. */
    int INITIAL_WINDOW = 64;
}
