package dev.quantgate.worker.torch.tasks;

import dev.quantgate.worker.api.CallContext;
import dev.quantgate.worker.api.WorkerFailure;
import dev.quantgate.worker.api.inference.TextResult;
import dev.quantgate.worker.api.inference.TextTask;
import dev.quantgate.worker.torch.model.Pooling;
import dev.quantgate.worker.torch.serving.BatchEngine;
import dev.quantgate.worker.torch.serving.Computation;
import dev.quantgate.worker.torch.tokenize.TokenizedText;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletionStage;

/** Answers embedding requests. */
final class EmbedRunner {

    private final Pooling defaultPooling;
    private final BatchEngine engine;
    private final TextPreparer preparer;

    EmbedRunner(Pooling defaultPooling, BatchEngine engine, TextPreparer preparer) {
        this.defaultPooling = defaultPooling;
        this.engine = engine;
        this.preparer = preparer;
    }

    CompletionStage<TextResult.Embedded> run(TextTask.Embed task, CallContext context) {
        Computation computation =
                new Computation.Vectors(task.pooling().map(EmbedRunner::pooling).orElse(defaultPooling));
        List<PreparedText> texts = new ArrayList<>();
        for (int i = 0; i < task.inputs().size(); i++) {
            texts.add(preparer.prepare("inputs[" + i + "]", task.inputs().get(i), Optional.empty(), task.truncation()));
        }
        return engine.submit(computation, Windows.inputs(texts), context).thenApply(rows -> {
            List<TextResult.Vector> vectors = new ArrayList<>();
            List<List<float[][]>> grouped = Windows.group(texts, rows);
            for (int i = 0; i < texts.size(); i++) {
                vectors.add(vector(texts.get(i), grouped.get(i), task.normalize()));
            }
            int tokens = texts.stream().mapToInt(PreparedText::tokens).sum();
            return new TextResult.Embedded(vectors, tokens);
        });
    }

    private static TextResult.Vector vector(PreparedText text, List<float[][]> windows, boolean normalize) {
        List<float[]> parts = windows.stream().map(rows -> rows[0]).toList();
        List<Integer> weights =
                text.windows().stream().map(TokenizedText::length).toList();
        float[] mean = parts.size() == 1 ? parts.get(0) : Scores.weightedMean(parts, weights);
        return new TextResult.Vector(
                normalize ? Scores.normalized(mean) : mean, text.tokens(), text.truncated(), parts.size());
    }

    private static Pooling pooling(TextTask.Pooling requested) {
        return switch (requested) {
            case MEAN -> Pooling.MEAN;
            case CLS -> Pooling.CLS;
            case LAST ->
                throw WorkerFailure.invalid("pooling", "LAST (expected: MEAN or CLS for an encoder)")
                        .asException();
        };
    }
}
