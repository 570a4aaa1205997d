package dev.quantgate.worker.llamacpp;

import dev.quantgate.natives.llama.LlamaModel;
import dev.quantgate.worker.api.CallContext;
import dev.quantgate.worker.api.FailureKind;
import dev.quantgate.worker.api.StreamHandle;
import dev.quantgate.worker.api.StreamSink;
import dev.quantgate.worker.api.WorkerException;
import dev.quantgate.worker.api.WorkerFailure;
import dev.quantgate.worker.api.backend.BackendSettings;
import dev.quantgate.worker.api.backend.LoadedModel;
import dev.quantgate.worker.api.inference.GenerateEvent;
import dev.quantgate.worker.api.inference.GenerateRequest;
import dev.quantgate.worker.api.inference.TextResult;
import dev.quantgate.worker.api.inference.TextTask;
import dev.quantgate.worker.llamacpp.embed.EmbedJob;
import dev.quantgate.worker.llamacpp.embed.EmbeddingContexts;
import dev.quantgate.worker.llamacpp.generate.AdapterChoice;
import dev.quantgate.worker.llamacpp.generate.Generations;
import dev.quantgate.worker.llamacpp.generate.LlamaDecodeEngine;
import dev.quantgate.worker.llamacpp.generate.RequestGate;
import dev.quantgate.worker.llamacpp.schedule.DecodeLoop;
import dev.quantgate.worker.llamacpp.schedule.LoopSettings;
import dev.quantgate.worker.llamacpp.session.Sessions;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/**
 * A GGUF model in memory, with one thread that decodes and one, which comes and goes, that makes requests ready. The
 * number of native threads is that of the context; neither of these two adds to it while it computes.
 */
final class LlamaCppModel implements LoadedModel {
    private static final long PREPARER_IDLE_SECONDS = 10;

    private final LlamaModel model;
    private final Optional<LoadedDraft> draft;
    private final LoadedModels.Reservation memory;
    private final RequestGate gate;
    private final ThreadPoolExecutor preparer;
    private final DecodeLoop loop;
    private final Generations generations;
    private final Sessions sessions;
    private final EmbeddingContexts embeddings;
    private final Consumer<LlamaCppModel> onClosed;
    private boolean closed;

    /** Takes over the model, the engine and the draft model. */
    LlamaCppModel(
            String displayName,
            LlamaModel model,
            LlamaDecodeEngine engine,
            Optional<LoadedDraft> draft,
            LoadedModels.Reservation memory,
            BackendSettings settings,
            EngineOptions options,
            int threads,
            AdapterChoice adapters,
            Sessions.Settings sessionSettings,
            Consumer<LlamaCppModel> onClosed) {
        this.model = model;
        this.draft = draft;
        this.onClosed = onClosed;
        this.memory = memory;
        var plan = memory.plan();
        gate = new RequestGate(settings.sequences(), settings.queueCapacity());
        preparer = new ThreadPoolExecutor(
                1,
                1,
                PREPARER_IDLE_SECONDS,
                TimeUnit.SECONDS,
                new LinkedBlockingQueue<>(),
                task -> daemon(task, "llama-prepare-" + displayName));
        preparer.allowCoreThreadTimeOut(true);
        // A recurrent state cannot be cut or shared at a token.
        var cuttable = !model.properties().recurrent() && !model.properties().hybrid();
        var sharesPrefixes = options.prefixCache() && cuttable;
        loop = new DecodeLoop(
                "llama-decode-" + displayName,
                engine,
                draft.map(LoadedDraft::guesser).orElse(null),
                new LoopSettings(
                        settings.sequences(),
                        options.stepTarget(),
                        sharesPrefixes ? plan.prefixTokens(options) : 0,
                        cuttable ? options.draftTokens() : 0));
        sessions = new Sessions(
                displayName, sharesPrefixes ? sessionSettings : sessionSettings.without(), memory, loop::wake);
        generations = new Generations(model, plan.contextTokens(), gate, loop, preparer, adapters, engine, sessions);
        embeddings = new EmbeddingContexts(model, threads);
    }

    private static Thread daemon(Runnable task, String name) {
        var thread = new Thread(task, name);
        thread.setDaemon(true);
        return thread;
    }

    @Override
    public long memoryBytes() {
        return memory.bytes();
    }

    @Override
    public StreamHandle generate(GenerateRequest request, CallContext context, StreamSink<GenerateEvent> sink) {
        return generations.start(request, context, sink);
    }

    @Override
    public <R extends TextResult> CompletionStage<R> run(TextTask<R> task, CallContext context) {
        var arrivedAt = System.nanoTime();
        var result = new CompletableFuture<R>();
        try {
            requireSupported(task);
            gate.enter();
        } catch (WorkerException e) {
            result.completeExceptionally(e);
            return result;
        }
        var unused = result.whenComplete((value, failure) -> gate.leave(System.nanoTime() - arrivedAt));
        try {
            preparer.execute(() -> startOrFail(task, context, arrivedAt, result));
        } catch (RejectedExecutionException e) {
            result.completeExceptionally(new WorkerException(Generations.UNLOADING, e));
        }
        return result;
    }

    private <R extends TextResult> void startOrFail(
            TextTask<R> task, CallContext context, long arrivedAt, CompletableFuture<R> result) {
        try {
            start(task, context, arrivedAt, result);
        } catch (RuntimeException e) {
            var failure = WorkerFailure.of(FailureKind.INTERNAL, "the task failed");
            result.completeExceptionally(WorkerFailure.find(e).isPresent() ? e : new WorkerException(failure, e));
        }
    }

    private static void requireSupported(TextTask<?> task) {
        if (task instanceof TextTask.Classify || task instanceof TextTask.FillMask) {
            throw WorkerFailure.of(
                            FailureKind.UNSUPPORTED,
                            "GGUF models generate and embed; classification and mask filling need an encoder model")
                    .asException();
        }
    }

    // The task's type says which result it has; Java cannot see that through the switch on the type.
    @SuppressWarnings("unchecked")
    private <R extends TextResult> void start(
            TextTask<R> task, CallContext context, long arrivedAt, CompletableFuture<R> result) {
        if (task instanceof TextTask.Tokenize tokenize) {
            result.complete((R) TextTasks.tokenize(model.vocabulary(), tokenize));
        } else if (task instanceof TextTask.Detokenize detokenize) {
            result.complete((R) TextTasks.detokenize(model.vocabulary(), detokenize));
        } else if (task instanceof TextTask.Embed embed) {
            var deadlineAt = arrivedAt + context.timeout().toNanos();
            loop.execute(EmbedJob.prepare(
                    embeddings, model.vocabulary(), embed, context, deadlineAt, (CompletableFuture<TextResult.Embedded>)
                            (CompletableFuture<?>) result));
        }
    }

    @Override
    public Map<String, Double> statistics() {
        return loop.statistics();
    }

    @Override
    public void abort() {
        gate.close();
        loop.abort();
    }

    @Override
    public synchronized void close() {
        if (closed) {
            return;
        }
        closed = true;
        gate.close();
        finishPreparing();
        loop.close();
        sessions.close();
        embeddings.close();
        generations.close();
        draft.ifPresent(small -> small.weights().close());
        model.close();
        onClosed.accept(this);
    }

    /** What was accepted reaches the loop before the loop is told to end. */
    private void finishPreparing() {
        preparer.shutdown();
        try {
            if (!preparer.awaitTermination(1, TimeUnit.MINUTES)) {
                loop.abort();
            }
        } catch (InterruptedException e) {
            loop.abort();
            Thread.currentThread().interrupt();
        }
    }
}
