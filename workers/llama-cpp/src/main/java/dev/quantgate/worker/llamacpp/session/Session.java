package dev.quantgate.worker.llamacpp.session;

import dev.quantgate.worker.llamacpp.schedule.SavedState;
import dev.quantgate.worker.llamacpp.schedule.StateKeeper;
import org.jspecify.annotations.Nullable;

/** The session of one request: where it starts from, and what becomes of its state. For the decode loop's thread. */
public interface Session extends AutoCloseable {
    /** No session. */
    Session NONE = new Session() {
        @Override
        public @Nullable SavedState saved() {
            return null;
        }

        @Override
        public @Nullable StateKeeper keeper() {
            return null;
        }

        @Override
        public boolean settled() {
            return true;
        }

        @Override
        public int tokens() {
            return 0;
        }

        @Override
        public void close() {}
    };

    /** What was saved before, or null. */
    @Nullable
    SavedState saved();

    /** Who saves it again, or null. */
    @Nullable
    StateKeeper keeper();

    /** Whether saving has ended, well or not. */
    boolean settled();

    /** Tokens that the session holds since this request; 0 if it could not be saved. */
    int tokens();

    /** The request has ended. */
    @Override
    void close();
}
