package dev.quantgate.gateway.routing;

import dev.quantgate.worker.api.CallContext;
import dev.quantgate.worker.api.FailureKind;
import dev.quantgate.worker.api.ModelRef;
import dev.quantgate.worker.api.Worker;
import dev.quantgate.worker.api.WorkerDirectory;
import dev.quantgate.worker.api.WorkerDirectory.ConnectedWorker;
import dev.quantgate.worker.api.WorkerException;
import dev.quantgate.worker.api.WorkerFailure;
import dev.quantgate.worker.api.WorkerStatus;
import java.time.Duration;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/** Picks the worker that serves a call. Thread-safe. */
public final class WorkerRouter {
    private static final Duration RETRY_AFTER = Duration.ofSeconds(1);

    private final WorkerDirectory directory;

    public WorkerRouter(WorkerDirectory directory) {
        this.directory = directory;
    }

    /** Every connected worker, lost ones included. */
    public List<ConnectedWorker> all() {
        return directory.workers();
    }

    /** Workers that answer, in the order of their ids. */
    List<Worker> live() {
        return directory.workers().stream()
                .filter(connected -> !connected.lost())
                .map(ConnectedWorker::worker)
                .toList();
    }

    /** True if at least one worker answers. */
    public boolean hasLive() {
        return !live().isEmpty();
    }

    /** Workers that answer. @throws WorkerException UNAVAILABLE if there is none */
    List<Worker> requireLive() {
        var live = live();
        if (live.isEmpty()) {
            throw unavailable("no worker is connected");
        }
        return live;
    }

    /** One live worker for each store and backend: together they know everything. Those in this process come first. */
    List<Worker> onePerStoreAndBackend() {
        record Source(String store, String backend) {}
        requireLive();
        var seen = new HashSet<Source>();
        return directory.workers().stream()
                .filter(connected -> !connected.lost())
                .sorted(Comparator.comparing(connected -> !connected.embedded()))
                .map(ConnectedWorker::worker)
                .filter(worker -> seen.add(
                        new Source(worker.status().storeId(), worker.status().backend())))
                .toList();
    }

    /** The live worker with this id. */
    public Optional<Worker> byId(String id) {
        return live().stream().filter(worker -> worker.status().id().equals(id)).findFirst();
    }

    /**
     * The best worker for a model by what the workers said last: one that has the variant in memory, then the one with
     * the least to do. Empty if none has named the model, which a model that is new may explain.
     *
     * @throws WorkerException UNAVAILABLE if no worker is connected, or those that have the model take nothing new
     */
    Optional<Worker> known(ModelRef ref) {
        var holders = requireLive().stream()
                .filter(worker -> worker.status().models().contains(ref.model()))
                .toList();
        if (holders.isEmpty()) {
            return Optional.empty();
        }
        return Optional.of(holders.stream()
                .filter(worker -> !worker.status().draining())
                .min(Comparator.comparing((Worker worker) -> !hasLoaded(worker.status(), ref))
                        .thenComparing(WorkerRouter::load))
                .orElseThrow(() -> unavailable("every worker that has the model is draining")));
    }

    /** Like {@link #known}, but asks the workers if none has named the model; fails with MODEL_NOT_FOUND. */
    CompletionStage<Worker> locate(ModelRef ref, CallContext context) {
        try {
            var known = known(ref);
            return known.isPresent()
                    ? CompletableFuture.completedFuture(known.get())
                    : Fallback.firstOf(
                            onePerStoreAndBackend(),
                            worker -> worker.getModel(ref.model(), context).thenApply(model -> worker),
                            failure -> failure.kind() == FailureKind.MODEL_NOT_FOUND);
        } catch (WorkerException failure) {
            return CompletableFuture.failedFuture(failure);
        }
    }

    static boolean hasLoaded(WorkerStatus status, ModelRef ref) {
        var wanted = ref.variant().map(variant -> ref.model() + ":" + variant);
        return status.loaded().stream()
                .anyMatch(loaded -> wanted.map(loaded::equals).orElseGet(() -> loaded.startsWith(ref.model() + ":")));
    }

    private static int load(Worker worker) {
        return worker.status().running() + worker.status().queued();
    }

    private static WorkerException unavailable(String message) {
        return WorkerFailure.retry(FailureKind.UNAVAILABLE, message, RETRY_AFTER)
                .asException();
    }
}
