package dev.quantgate.worker.api;

import java.time.Instant;
import java.util.Optional;

/**
 * A long-running operation as its journal keeps it.
 *
 * @param id without the {@code operations/} prefix
 * @param kind kind of work
 * @param state where it is
 * @param model name of the model it works on
 * @param variant name of the variant it makes
 * @param fraction part that is done, 0 to 1
 * @param step in words
 * @param createdAt when it was asked for
 * @param updatedAt when it last changed
 * @param worker id of the worker that runs it
 * @param callers number of calls that joined it
 * @param alreadyDone true if what was asked for existed before
 * @param failure why it failed, if it did
 * @param report what was measured, once a quantisation has succeeded
 */
public record OperationRecord(
        String id,
        OperationKind kind,
        OperationState state,
        String model,
        String variant,
        double fraction,
        String step,
        Instant createdAt,
        Instant updatedAt,
        String worker,
        int callers,
        boolean alreadyDone,
        Optional<WorkerFailure> failure,
        Optional<QuantizationReport> report) {}
