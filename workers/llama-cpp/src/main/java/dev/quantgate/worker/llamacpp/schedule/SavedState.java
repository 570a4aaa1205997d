package dev.quantgate.worker.llamacpp.schedule;

import dev.quantgate.worker.api.WorkerFailure;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/** The keys and values of an earlier request, from which one can start. For the loop's thread. */
public interface SavedState {
    /** The tokens of the state. */
    TokenList tokens();

    /** Whether the state is of use only to a request that begins with all of its tokens. */
    boolean whole();

    /** Starts to fetch the state, at the first call; whether that has ended, well or not. */
    boolean fetched();

    /** What the engine can load, or null if it could not be fetched or is not there yet. */
    @Nullable
    ByteBuffer state();

    /** Why the state must not be used, or null. */
    @Nullable
    WorkerFailure damage();
}
