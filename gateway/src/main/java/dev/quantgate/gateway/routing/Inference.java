package dev.quantgate.gateway.routing;

import dev.quantgate.worker.api.CallContext;
import dev.quantgate.worker.api.StreamHandle;
import dev.quantgate.worker.api.StreamSink;
import dev.quantgate.worker.api.inference.GenerateEvent;
import dev.quantgate.worker.api.inference.GenerateRequest;
import dev.quantgate.worker.api.inference.TextResult;
import dev.quantgate.worker.api.inference.TextTask;
import java.util.concurrent.CompletionStage;

/** Text, vectors and labels from whichever worker serves the model best. */
public final class Inference {
    private final WorkerRouter router;
    private final InferenceMetrics metrics = new InferenceMetrics();

    public Inference(WorkerRouter router) {
        this.router = router;
    }

    /** What these calls have cost so far. */
    public InferenceMetrics metrics() {
        return metrics;
    }

    /** Starts a generation; every failure reaches the sink. */
    public StreamHandle generate(GenerateRequest request, CallContext context, StreamSink<GenerateEvent> sink) {
        var metered = new MeteredSink(metrics, InferenceMetrics.method(request.input()), sink);
        return DeferredHandle.start(
                router.locate(request.model(), context), metered, worker -> worker.generate(request, context, metered));
    }

    /** Runs a task with one answer. */
    public <R extends TextResult> CompletionStage<R> run(TextTask<R> task, CallContext context) {
        return router.locate(task.model(), context)
                .thenCompose(worker -> worker.run(task, context))
                .whenComplete((result, failure) -> metrics.ended(InferenceMetrics.method(task), failure));
    }
}
