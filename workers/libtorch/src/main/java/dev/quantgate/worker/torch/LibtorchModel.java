package dev.quantgate.worker.torch;

import dev.quantgate.worker.api.CallContext;
import dev.quantgate.worker.api.FailureKind;
import dev.quantgate.worker.api.StreamHandle;
import dev.quantgate.worker.api.StreamSink;
import dev.quantgate.worker.api.WorkerFailure;
import dev.quantgate.worker.api.backend.LoadedModel;
import dev.quantgate.worker.api.inference.GenerateEvent;
import dev.quantgate.worker.api.inference.GenerateRequest;
import dev.quantgate.worker.api.inference.TextResult;
import dev.quantgate.worker.api.inference.TextTask;
import dev.quantgate.worker.torch.model.EncoderModel;
import dev.quantgate.worker.torch.model.Pooling;
import dev.quantgate.worker.torch.serving.BatchEngine;
import dev.quantgate.worker.torch.tasks.TaskRunner;
import dev.quantgate.worker.torch.tokenize.EncoderTokenizer;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;

/** An encoder in memory with its tokenizer and the threads that serve it. */
final class LibtorchModel implements LoadedModel {

    private static final Duration BUSY_RETRY = Duration.ofMillis(50);

    private final EncoderModel model;
    private final EncoderTokenizer tokenizer;
    private final BatchEngine engine;
    private final TaskRunner runner;
    private final ThreadPoolExecutor tokenizing;
    private final Consumer<LibtorchModel> onClose;
    private final AtomicBoolean closed = new AtomicBoolean();

    private LibtorchModel(
            EncoderModel model,
            EncoderTokenizer tokenizer,
            Pooling pooling,
            String name,
            LibtorchOptions options,
            Consumer<LibtorchModel> onClose) {
        this.model = model;
        this.tokenizer = tokenizer;
        this.engine = new BatchEngine(name, model, options.batching());
        this.runner = new TaskRunner(model.config(), tokenizer, engine, pooling, options.overlapTokens());
        // Long texts take a while to tokenise, which neither the caller's event loop nor a batch should wait for.
        this.tokenizing = new ThreadPoolExecutor(
                1,
                1,
                0,
                TimeUnit.SECONDS,
                new ArrayBlockingQueue<>(
                        options.batching().queueCapacity() + options.batching().instances()),
                work -> {
                    Thread thread = new Thread(work, "tokenize-" + name);
                    thread.setDaemon(true);
                    return thread;
                });
        this.onClose = onClose;
    }

    static LibtorchModel load(Path folder, String name, LibtorchOptions options, Consumer<LibtorchModel> onClose)
            throws IOException {
        Pooling pooling = PoolingReader.read(folder);
        EncoderModel model = EncoderModel.load(folder);
        try {
            EncoderTokenizer tokenizer = EncoderTokenizer.load(folder, model.config());
            return new LibtorchModel(model, tokenizer, pooling, name, options, onClose);
        } catch (IOException | RuntimeException e) {
            model.close();
            throw e;
        }
    }

    @Override
    public long memoryBytes() {
        return model.memoryBytes();
    }

    @Override
    public StreamHandle generate(GenerateRequest request, CallContext context, StreamSink<GenerateEvent> sink) {
        throw WorkerFailure.of(FailureKind.UNSUPPORTED, "an encoder cannot generate text")
                .asException();
    }

    @Override
    @SuppressWarnings("unchecked") // The sealed tasks tie each request to the type of its answer.
    public <R extends TextResult> CompletionStage<R> run(TextTask<R> task, CallContext context) {
        CompletableFuture<R> answer = new CompletableFuture<>();
        try {
            tokenizing.execute(() -> {
                try {
                    runner.run(task, context).whenComplete((result, cause) -> {
                        if (cause == null) {
                            answer.complete((R) result);
                        } else {
                            answer.completeExceptionally(Failures.translate(cause));
                        }
                    });
                } catch (RuntimeException e) {
                    answer.completeExceptionally(Failures.translate(e));
                }
            });
        } catch (RejectedExecutionException e) {
            answer.completeExceptionally(refusal().asException());
        }
        return answer;
    }

    private WorkerFailure refusal() {
        return closed.get()
                ? WorkerFailure.of(FailureKind.UNAVAILABLE, "the model is being unloaded")
                : WorkerFailure.retry(FailureKind.QUEUE_FULL, "too many requests wait for the model", BUSY_RETRY);
    }

    @Override
    public Map<String, Double> statistics() {
        return engine.statistics();
    }

    @Override
    public void abort() {
        engine.abort();
    }

    @Override
    public void close() {
        if (!closed.compareAndSet(false, true)) {
            return;
        }
        tokenizing.shutdown();
        boolean interrupted = false;
        while (!tokenizing.isTerminated()) {
            try {
                boolean done = tokenizing.awaitTermination(1, TimeUnit.HOURS);
                assert done;
            } catch (InterruptedException e) {
                // The tokenizer's memory may only be freed when its thread is done.
                interrupted = true;
            }
        }
        engine.close();
        tokenizer.close();
        model.close();
        onClose.accept(this);
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}
