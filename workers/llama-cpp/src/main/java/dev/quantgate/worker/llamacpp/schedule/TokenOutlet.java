package dev.quantgate.worker.llamacpp.schedule;

import dev.quantgate.worker.api.WorkerFailure;

/** Where a request's tokens go. The loop's thread calls it, and ends it exactly once. */
public interface TokenOutlet {
    /** Whether a token may be made now; false while the receiver has no credit left. */
    boolean ready();

    Verdict accept(int token);

    /**
     * The text has ended.
     *
     * @return whether everything was delivered; if not, {@link #flush()} is called until it was
     */
    boolean complete(EndCause cause, DecodeFigures figures);

    /** Delivers what waits for credit; true when nothing is left. */
    boolean flush();

    /** Ends the stream with a failure, also after {@link #complete} if not everything was delivered. */
    void fail(WorkerFailure failure);

    /** What a token means for the text. */
    enum Verdict {
        GO_ON,
        /** The token completed a stop string. */
        STOPPED,
        /** The token is the model's own mark of the end and not part of the text. */
        END_OF_TEXT
    }

    /** Why a text ended. */
    enum EndCause {
        STOP,
        LENGTH
    }
}
