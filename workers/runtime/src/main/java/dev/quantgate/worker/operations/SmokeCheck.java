package dev.quantgate.worker.operations;

import dev.quantgate.worker.api.CallContext;
import dev.quantgate.worker.api.Cancellation;
import dev.quantgate.worker.api.FailureKind;
import dev.quantgate.worker.api.ModelRef;
import dev.quantgate.worker.api.StreamSink;
import dev.quantgate.worker.api.Task;
import dev.quantgate.worker.api.WorkerException;
import dev.quantgate.worker.api.WorkerFailure;
import dev.quantgate.worker.api.backend.LoadOptions;
import dev.quantgate.worker.api.backend.LoadedModel;
import dev.quantgate.worker.api.inference.GenerateEvent;
import dev.quantgate.worker.api.inference.GenerateRequest;
import dev.quantgate.worker.api.inference.GenerationInput;
import dev.quantgate.worker.api.inference.GenerationOptions;
import dev.quantgate.worker.api.inference.Sampling;
import dev.quantgate.worker.api.inference.Speculation;
import dev.quantgate.worker.api.inference.TextResult;
import dev.quantgate.worker.api.inference.TextTask;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** Loads a new variant before anybody else can see it, and has it do a little of what it is for. */
final class SmokeCheck {
    private static final Duration LIMIT = Duration.ofMinutes(2);
    private static final int CONTEXT_TOKENS = 64;
    private static final int TOKENS = 2;
    private static final String TEXT = "The quick brown fox";

    private final Workplace.Loader loader;

    SmokeCheck(Workplace.Loader loader) {
        this.loader = loader;
    }

    /** Passes, or fails with INVALID_MODEL (it does not work), OUT_OF_MEMORY or CANCELLED. */
    void pass(Path artifact, ModelRef variant, Set<Task> tasks, Cancellation cancellation) {
        var options = LoadOptions.forTrial(variant.toString(), CONTEXT_TOKENS);
        var context = new CallContext("check " + variant, LIMIT, "", cancellation);
        try (var model = loader.load(artifact, options, (fraction, step) -> {}, cancellation)) {
            if (tasks.contains(Task.GENERATE)) {
                generate(model, variant, context);
            } else if (tasks.contains(Task.EMBED)) {
                embed(model, variant, context);
            } else if (tasks.contains(Task.CLASSIFY) || tasks.contains(Task.CLASSIFY_TOKENS)) {
                var text = new TextTask.TextPair(TEXT, Optional.empty());
                await(model.run(new TextTask.Classify(variant, List.of(text), 0, TextTask.Truncation.END), context)
                        .toCompletableFuture());
            } else if (tasks.contains(Task.FILL_MASK)) {
                fillMask(model, variant, context);
            }
        }
    }

    private static void generate(LoadedModel model, ModelRef variant, CallContext context) {
        var options = new GenerationOptions(TOKENS, List.of(), OptionalInt.empty(), false, 0, true, Speculation.OFF);
        var request = new GenerateRequest(variant, new GenerationInput.Prompt(TEXT, false), Sampling.GREEDY, options);
        var ended = new CompletableFuture<Integer>();
        var stream = model.generate(request, context, new Counter(ended));
        try {
            var tokens = await(ended);
            if (tokens < 1) {
                throw broken("it generates nothing");
            }
        } finally {
            stream.cancel();
        }
    }

    private static void embed(LoadedModel model, ModelRef variant, CallContext context) {
        var task = new TextTask.Embed(variant, List.of(TEXT), Optional.empty(), false, TextTask.Truncation.END);
        for (TextResult.Vector vector :
                await(model.run(task, context).toCompletableFuture()).vectors()) {
            for (float value : vector.values()) {
                if (!Float.isFinite(value)) {
                    throw broken("its embeddings are not finite");
                }
            }
        }
    }

    /** Families of models write the mask in one of two ways. */
    private static void fillMask(LoadedModel model, ModelRef variant, CallContext context) {
        try {
            fillMask(model, variant, context, "[MASK]");
        } catch (WorkerException otherMask) {
            if (otherMask.failure().kind() != FailureKind.INVALID_REQUEST) {
                throw otherMask;
            }
            fillMask(model, variant, context, "<mask>");
        }
    }

    private static void fillMask(LoadedModel model, ModelRef variant, CallContext context, String mask) {
        var task = new TextTask.FillMask(variant, List.of("The quick brown " + mask), 1);
        await(model.run(task, context).toCompletableFuture());
    }

    private static <T> T await(CompletableFuture<T> future) {
        try {
            return future.get(LIMIT.toMillis(), TimeUnit.MILLISECONDS);
        } catch (ExecutionException failed) {
            throw WorkerFailure.find(failed)
                    .map(WorkerFailure::asException)
                    .orElseThrow(() -> new IllegalStateException("the check of a new variant failed", failed));
        } catch (TimeoutException late) {
            throw broken("it does not answer within " + LIMIT.toSeconds() + " s");
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw WorkerFailure.of(FailureKind.CANCELLED, "the check of the new variant was interrupted")
                    .asException();
        }
    }

    private static WorkerException broken(String how) {
        return WorkerFailure.of(FailureKind.INVALID_MODEL, "the new variant does not work: " + how)
                .asException();
    }

    /** Counts tokens until the end. */
    private static final class Counter implements StreamSink<GenerateEvent> {
        private final CompletableFuture<Integer> ended;
        private int tokens;

        Counter(CompletableFuture<Integer> ended) {
            this.ended = ended;
        }

        @Override
        public void item(GenerateEvent event) {
            if (event instanceof GenerateEvent.Completed completed) {
                tokens = Math.max(tokens, completed.completionTokens());
            } else if (event instanceof GenerateEvent.Chunk chunk) {
                tokens += chunk.tokens();
            }
        }

        @Override
        public void end() {
            ended.complete(tokens);
        }

        @Override
        public void fail(WorkerFailure failure) {
            ended.completeExceptionally(failure.asException());
        }
    }
}
