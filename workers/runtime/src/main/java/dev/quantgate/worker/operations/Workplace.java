package dev.quantgate.worker.operations;

import dev.quantgate.worker.api.Cancellation;
import dev.quantgate.worker.api.ProgressListener;
import dev.quantgate.worker.api.backend.Backend;
import dev.quantgate.worker.api.backend.LoadOptions;
import dev.quantgate.worker.api.backend.LoadedModel;
import dev.quantgate.worker.lease.Leases;
import dev.quantgate.worker.store.ModelStore;
import java.nio.file.Path;
import java.time.Clock;
import java.util.concurrent.Executor;
import java.util.concurrent.ScheduledExecutorService;
import java.util.function.Consumer;

/**
 * What operations work with.
 *
 * @param workerId stable while the process lives
 * @param store where models and the journal lie
 * @param leases of this worker
 * @param backend that does the work
 * @param loader opens a model within the memory limit
 * @param changed hears the name of a model whose files have changed
 * @param files runs short blocking tasks on files
 * @param jobs runs long tasks: one thread for each running operation
 * @param timer fires ticks; must not be blocked
 * @param clock for times that are shown
 */
public record Workplace(
        String workerId,
        ModelStore store,
        Leases leases,
        Backend backend,
        Loader loader,
        Consumer<String> changed,
        Executor files,
        Executor jobs,
        ScheduledExecutorService timer,
        Clock clock) {

    /** Opens a model; makes room for it by closing models that nobody uses. Blocks. */
    @FunctionalInterface
    public interface Loader {
        LoadedModel load(Path artifact, LoadOptions options, ProgressListener progress, Cancellation cancellation);
    }
}
