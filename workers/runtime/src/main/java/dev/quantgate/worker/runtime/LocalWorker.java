package dev.quantgate.worker.runtime;

import dev.quantgate.worker.api.AdapterRecord;
import dev.quantgate.worker.api.AdapterRef;
import dev.quantgate.worker.api.CallContext;
import dev.quantgate.worker.api.ImportRequest;
import dev.quantgate.worker.api.LoadOutcome;
import dev.quantgate.worker.api.LoadSettings;
import dev.quantgate.worker.api.ModelRecord;
import dev.quantgate.worker.api.ModelRef;
import dev.quantgate.worker.api.OperationRecord;
import dev.quantgate.worker.api.QuantizationType;
import dev.quantgate.worker.api.QuantizeRequest;
import dev.quantgate.worker.api.SessionRecord;
import dev.quantgate.worker.api.SessionRef;
import dev.quantgate.worker.api.StreamHandle;
import dev.quantgate.worker.api.StreamSink;
import dev.quantgate.worker.api.Worker;
import dev.quantgate.worker.api.WorkerStatus;
import dev.quantgate.worker.api.backend.Backend;
import dev.quantgate.worker.api.inference.GenerateEvent;
import dev.quantgate.worker.api.inference.GenerateRequest;
import dev.quantgate.worker.api.inference.TextResult;
import dev.quantgate.worker.api.inference.TextTask;
import dev.quantgate.worker.lease.Leases;
import dev.quantgate.worker.operations.Operations;
import dev.quantgate.worker.operations.Workplace;
import dev.quantgate.worker.store.ModelStore;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/**
 * A worker in this process: one backend and the store it works on. Owns the backend, its threads and its leases.
 * Thread-safe; only {@link #close()} blocks.
 */
public final class LocalWorker implements Worker, AutoCloseable {
    private final Backend backend;
    private final WorkerThreads threads;
    private final Leases leases;
    private final FileTasks files;
    private final LoadedModels loaded;
    private final Models models;
    private final Adapters adapters;
    private final Sessions sessions;
    private final Operations operations;
    private final RunningRequests running = new RunningRequests();
    private final Inference inference;
    private final StatusReport statusReport;
    private final Upkeep upkeep;

    /**
     * Starts a worker.
     *
     * @param id stable and unique, also among earlier lives of this process
     * @param backend closed with the worker
     * @param idleUnload unload a model that nobody has used for so long, unless it was told otherwise; zero keeps models
     * @param leaseTtl how long ownership outlives its owner's last sign of life
     */
    public LocalWorker(String id, Backend backend, ModelStore store, Duration idleUnload, Duration leaseTtl) {
        this.backend = backend;
        this.threads = WorkerThreads.start(backend.name());
        this.leases = new Leases(id, leaseTtl, Clock.systemUTC());
        this.files = new FileTasks(threads, store.operations());
        this.loaded = new LoadedModels(backend, threads, idleUnload);
        var catalog = new Catalog(store, backend.name());
        this.models = new Models(store, leases, catalog, loaded, files, id);
        this.adapters = new Adapters(store, leases, catalog, backend, files);
        this.sessions = new Sessions(store, catalog, files);
        this.inference = new Inference(models, threads, running);
        this.upkeep = new Upkeep(store, leases, catalog, loaded, threads);
        this.operations = new Operations(new Workplace(
                id,
                store,
                leases,
                backend,
                loaded,
                upkeep::modelChanged,
                threads.files(),
                threads.jobs(),
                threads.timer(),
                Clock.systemUTC()));
        this.statusReport = new StatusReport(id, backend, store.id(), catalog, loaded, operations, running);
    }

    /** Starts to load a model before anybody asks for it, if it is one of this worker's. */
    void preload(ModelRef model) {
        models.preload(model);
    }

    @Override
    public WorkerStatus status() {
        return statusReport.now();
    }

    @Override
    public CompletableFuture<List<ModelRecord>> listModels(CallContext context) {
        return models.list(context);
    }

    @Override
    public CompletableFuture<ModelRecord> getModel(String model, CallContext context) {
        return models.get(model, context);
    }

    @Override
    public CompletableFuture<OperationRecord> importModel(ImportRequest request, CallContext context) {
        return files.submit(context, "importing", () -> {
            running.requireOpen();
            return operations.importModel(request);
        });
    }

    @Override
    public CompletableFuture<Void> deleteModel(ModelRef model, CallContext context) {
        return models.delete(model, context);
    }

    @Override
    public CompletableFuture<AdapterRecord> importAdapter(AdapterRef adapter, Path source, CallContext context) {
        return adapters.importAdapter(adapter, source, context);
    }

    @Override
    public CompletableFuture<Void> deleteAdapter(AdapterRef adapter, CallContext context) {
        return adapters.delete(adapter, context);
    }

    @Override
    public CompletableFuture<List<SessionRecord>> listSessions(String model, CallContext context) {
        return sessions.list(model, context);
    }

    @Override
    public CompletableFuture<Void> deleteSession(SessionRef session, CallContext context) {
        return sessions.delete(session, context);
    }

    @Override
    public CompletableFuture<LoadOutcome> loadModel(ModelRef model, LoadSettings settings, CallContext context) {
        if (running.isDraining()) {
            return CompletableFuture.failedFuture(RunningRequests.DRAINING.asException());
        }
        var result = new CompletableFuture<LoadOutcome>();
        Deadlines.enforce(context, result, threads.timer());
        CompletionStage<LoadOutcome> loading = models.load(model, settings, context);
        loading.whenComplete((outcome, failure) -> {
            if (failure == null) {
                result.complete(outcome);
            } else {
                result.completeExceptionally(failure);
            }
        });
        return result;
    }

    @Override
    public CompletableFuture<List<String>> unloadModel(ModelRef model, CallContext context) {
        return models.unload(model, context);
    }

    @Override
    public CompletableFuture<OperationRecord> quantizeModel(QuantizeRequest request, CallContext context) {
        return files.submit(context, "quantising", () -> {
            running.requireOpen();
            return operations.quantize(request);
        });
    }

    @Override
    public CompletableFuture<List<QuantizationType>> quantizationTypes(CallContext context) {
        return files.submit(context, "listing types", backend::quantizationTypes);
    }

    @Override
    public CompletableFuture<List<OperationRecord>> listOperations(CallContext context) {
        return files.submit(context, "listing operations", operations::list);
    }

    @Override
    public CompletableFuture<OperationRecord> getOperation(String id, CallContext context) {
        return files.submit(context, "reading an operation", () -> operations.get(id));
    }

    @Override
    public CompletableFuture<OperationRecord> cancelOperation(String id, CallContext context) {
        return files.submit(context, "cancelling an operation", () -> operations.cancel(id));
    }

    @Override
    public CompletableFuture<Void> deleteOperation(String id, CallContext context) {
        return files.submit(context, "deleting an operation", () -> {
                    operations.delete(id);
                    return id;
                })
                .thenAccept(deleted -> {});
    }

    @Override
    public StreamHandle watchOperation(String id, CallContext context, StreamSink<OperationRecord> sink) {
        return operations.watch(id, context, sink);
    }

    @Override
    public StreamHandle generate(GenerateRequest request, CallContext context, StreamSink<GenerateEvent> sink) {
        return inference.generate(request, context, sink);
    }

    @Override
    public <R extends TextResult> CompletableFuture<R> run(TextTask<R> task, CallContext context) {
        return inference.run(task, context);
    }

    @Override
    public CompletableFuture<Integer> drain(Duration limit, CallContext context) {
        return running.drain(limit, threads.timer());
    }

    /** Ends what still runs, hands operations back to the queue, closes models and backend. Blocks for 30 s at most. */
    @Override
    public void close() {
        upkeep.close();
        operations.close();
        try {
            Shutdown.await(loaded.abortAll());
            threads.close();
            Shutdown.await(threads);
        } finally {
            leases.close();
            backend.close();
        }
    }
}
