package dev.quantgate.worker.llamacpp.embed;

import dev.quantgate.natives.llama.LlamaException;
import dev.quantgate.natives.llama.Pooling;
import dev.quantgate.natives.llama.Vocabulary;
import dev.quantgate.worker.api.CallContext;
import dev.quantgate.worker.api.FailureKind;
import dev.quantgate.worker.api.WorkerException;
import dev.quantgate.worker.api.WorkerFailure;
import dev.quantgate.worker.api.inference.TextResult.Embedded;
import dev.quantgate.worker.api.inference.TextTask.Embed;
import dev.quantgate.worker.llamacpp.schedule.SideTask;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** One request for vectors; each slice computes as many windows as fit into one decode. */
public final class EmbedJob implements SideTask {
    private static final Logger LOGGER = LoggerFactory.getLogger(EmbedJob.class);

    private final EmbeddingContexts contexts;
    private final Pooling pooling;
    private final boolean normalize;
    private final List<EmbeddingWindow> windows;
    private final List<VectorSum> sums = new ArrayList<>();
    private final CallContext context;
    private final long deadlineAt;
    private final CompletableFuture<Embedded> result;
    private int next;

    private EmbedJob(
            EmbeddingContexts contexts,
            Embed request,
            List<EmbeddingWindow> windows,
            CallContext context,
            long deadlineAt,
            CompletableFuture<Embedded> result) {
        this.contexts = contexts;
        this.pooling = request.pooling().map(EmbedJob::pooling).orElseGet(contexts::ownPooling);
        this.normalize = request.normalize();
        this.windows = windows;
        this.context = context;
        this.deadlineAt = deadlineAt;
        this.result = result;
        request.inputs().forEach(text -> sums.add(new VectorSum()));
    }

    /**
     * Tokenises the texts.
     *
     * @param deadlineAt of {@link System#nanoTime()}
     * @throws WorkerException INVALID_REQUEST if a text is too long
     */
    public static EmbedJob prepare(
            EmbeddingContexts contexts,
            Vocabulary vocabulary,
            Embed request,
            CallContext context,
            long deadlineAt,
            CompletableFuture<Embedded> result) {
        var windows = new ArrayList<EmbeddingWindow>();
        for (int i = 0; i < request.inputs().size(); i++) {
            var tokens = vocabulary.tokenize(request.inputs().get(i), true, false);
            windows.addAll(EmbeddingWindow.of(i, tokens, contexts.maxTokens(), request.truncation()));
        }
        return new EmbedJob(contexts, request, windows, context, deadlineAt, result);
    }

    @Override
    public boolean step() {
        if (context.cancellation().isCancelled()) {
            fail(WorkerFailure.of(FailureKind.CANCELLED, "the caller cancelled"));
            return true;
        }
        if (deadlineAt - System.nanoTime() <= 0) {
            fail(WorkerFailure.of(FailureKind.DEADLINE_EXCEEDED, "the deadline passed"));
            return true;
        }
        try {
            slice();
        } catch (LlamaException e) {
            LOGGER.atError()
                    .addKeyValue("requestId", context.requestId())
                    .setCause(e)
                    .log("embeddings could not be computed");
            fail(WorkerFailure.of(FailureKind.BACKEND_CRASHED, "native code failed to compute the vectors"));
            return true;
        }
        if (next < windows.size()) {
            return false;
        }
        var vectors = sums.stream().map(sum -> sum.finish(normalize)).toList();
        var tokens = windows.stream().mapToInt(window -> window.tokens().length).sum();
        result.complete(new Embedded(vectors, tokens));
        return true;
    }

    private void slice() {
        var rest = windows.subList(next, windows.size());
        var slice = rest.subList(0, contexts.fitting(rest));
        var vectors = contexts.embed(slice, pooling);
        for (int i = 0; i < slice.size(); i++) {
            sums.get(slice.get(i).text()).add(slice.get(i), vectors.get(i));
        }
        next += slice.size();
    }

    @Override
    public void fail(WorkerFailure failure) {
        result.completeExceptionally(failure.asException());
    }

    private static Pooling pooling(dev.quantgate.worker.api.inference.TextTask.Pooling pooling) {
        return switch (pooling) {
            case MEAN -> Pooling.MEAN;
            case CLS -> Pooling.CLS;
            case LAST -> Pooling.LAST;
        };
    }
}
