package dev.quantgate.worker.runtime;

import dev.quantgate.worker.api.CallContext;
import dev.quantgate.worker.api.FailureKind;
import dev.quantgate.worker.api.ModelRef;
import dev.quantgate.worker.api.StreamHandle;
import dev.quantgate.worker.api.StreamSink;
import dev.quantgate.worker.api.WorkerFailure;
import dev.quantgate.worker.api.inference.GenerateEvent;
import dev.quantgate.worker.api.inference.GenerateRequest;
import dev.quantgate.worker.api.inference.TextResult;
import dev.quantgate.worker.api.inference.TextTask;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Requests on models: finds the variant, has it loaded, and sees that each request ends once, in time, and lets go of
 * its model. A request on a loaded model goes straight to it on the caller's thread.
 */
final class Inference {
    private static final Logger LOG = LoggerFactory.getLogger(Inference.class);

    private final ModelAccess access;
    private final WorkerThreads threads;
    private final RunningRequests running;

    Inference(ModelAccess access, WorkerThreads threads, RunningRequests running) {
        this.access = access;
        this.threads = threads;
        this.running = running;
    }

    StreamHandle generate(GenerateRequest request, CallContext context, StreamSink<GenerateEvent> sink) {
        var arrival = System.nanoTime();
        var ticket = running.enter();
        if (ticket.isEmpty()) {
            sink.fail(RunningRequests.DRAINING);
            return new GuardedStream<>(sink, failure -> {}, () -> {});
        }
        var work = new Work();
        var stream = new GuardedStream<>(sink, work::ended, ticket.get());
        work.deadline = Deadlines.at(context, () -> stream.stop(Deadlines.PASSED), threads.timer());
        context.cancellation().onCancel(stream::cancel);
        if (stream.isOver()) {
            stream.end();
            return stream;
        }
        access.use(request.model(), context).whenComplete((use, failure) -> {
            if (failure != null) {
                stream.fail(planned(failure, context));
                return;
            }
            work.use = use;
            use.keepAlive(request.keepAlive());
            if (stream.isOver()) {
                stream.end();
                return;
            }
            try {
                stream.attach(use.model().generate(request, rest(context, arrival), stream));
            } catch (RuntimeException refused) {
                stream.fail(planned(refused, context));
            }
        });
        return stream;
    }

    <R extends TextResult> CompletableFuture<R> run(TextTask<R> task, CallContext context) {
        var arrival = System.nanoTime();
        var ticket = running.enter();
        if (ticket.isEmpty()) {
            return CompletableFuture.failedFuture(RunningRequests.DRAINING.asException());
        }
        var work = new Work();
        var result = new CompletableFuture<R>();
        Deadlines.enforce(context, result, threads.timer());
        if (result.isDone()) {
            ticket.get().run();
            return result;
        }
        access.use(task.model(), context)
                .thenCompose(use -> {
                    work.use = use;
                    if (result.isDone()) {
                        throw Deadlines.CANCELLED.asException();
                    }
                    return use.model().run(task, rest(context, arrival));
                })
                .whenComplete((answer, failure) -> {
                    var planned = Optional.ofNullable(failure).map(cause -> planned(cause, context));
                    work.ended(planned);
                    planned.ifPresentOrElse(
                            reason -> result.completeExceptionally(reason.asException()),
                            () -> result.complete(answer));
                    ticket.get().run();
                });
        return result;
    }

    /** What a request holds until its model has ended it. */
    private static final class Work {
        private volatile LoadedModels.@Nullable Use use;
        private volatile Runnable deadline = () -> {};

        void ended(Optional<WorkerFailure> failure) {
            deadline.run();
            var held = use;
            if (held != null) {
                var kind = failure.map(WorkerFailure::kind).orElse(FailureKind.CANCELLED);
                if (kind == FailureKind.BACKEND_CRASHED || kind == FailureKind.INTERNAL) {
                    held.crashed();
                }
                held.close();
            }
        }
    }

    private static CallContext rest(CallContext context, long arrivalNanos) {
        return Deadlines.after(context, Duration.ofNanos(System.nanoTime() - arrivalNanos));
    }

    /** The planned failure behind {@code cause}; anything else is a bug: logged here, told without its text. */
    private static WorkerFailure planned(Throwable cause, CallContext context) {
        return WorkerFailure.find(cause).orElseGet(() -> {
            var bug = cause instanceof CompletionException || cause instanceof ExecutionException
                    ? cause.getCause()
                    : cause;
            LOG.atError()
                    .addKeyValue("requestId", context.requestId())
                    .setCause(bug)
                    .log("a request failed unexpectedly");
            return WorkerFailure.of(FailureKind.INTERNAL, "the request failed unexpectedly");
        });
    }

    /** Where a request gets its model from. */
    interface ModelAccess {
        CompletionStage<LoadedModels.Use> use(ModelRef model, CallContext context);
    }
}
