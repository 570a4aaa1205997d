package dev.quantgate.worker.bus;

import dev.quantgate.worker.api.WorkerFailure;
import java.util.Optional;

/**
 * How a stream ends.
 *
 * @param failure why it failed, or empty if it ended well
 */
record Ending(Optional<WorkerFailure> failure) {
    static final Ending NORMAL = new Ending(Optional.empty());

    static Ending failed(WorkerFailure failure) {
        return new Ending(Optional.of(failure));
    }
}
