package dev.quantgate.worker.torch.tasks;

import dev.quantgate.worker.api.CallContext;
import dev.quantgate.worker.api.inference.TextResult;
import dev.quantgate.worker.api.inference.TextResult.Classification;
import dev.quantgate.worker.api.inference.TextResult.Entity;
import dev.quantgate.worker.api.inference.TextResult.LabelScore;
import dev.quantgate.worker.api.inference.TextTask;
import dev.quantgate.worker.api.inference.TextTask.TextPair;
import dev.quantgate.worker.torch.model.EncoderConfig;
import dev.quantgate.worker.torch.model.HeadKind;
import dev.quantgate.worker.torch.serving.BatchEngine;
import dev.quantgate.worker.torch.serving.Computation;
import dev.quantgate.worker.torch.tokenize.TokenizedText;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletionStage;

/** Answers classification requests: labels of whole texts, or entities within them. */
final class ClassifyRunner {

    private final EncoderConfig config;
    private final BatchEngine engine;
    private final TextPreparer preparer;

    ClassifyRunner(EncoderConfig config, BatchEngine engine, TextPreparer preparer) {
        this.config = config;
        this.engine = engine;
        this.preparer = preparer;
    }

    CompletionStage<TextResult.Classified> run(TextTask.Classify task, CallContext context) {
        List<PreparedText> texts = new ArrayList<>();
        for (int i = 0; i < task.inputs().size(); i++) {
            TextPair input = task.inputs().get(i);
            texts.add(preparer.prepare("inputs[" + i + "]", input.text(), input.pair(), task.truncation()));
        }
        boolean tokens = config.head() == HeadKind.TOKEN_CLASSIFICATION;
        Computation computation = tokens ? new Computation.TokenScores() : new Computation.SequenceScores();
        return engine.submit(computation, Windows.inputs(texts), context).thenApply(rows -> {
            List<Classification> results = new ArrayList<>();
            List<List<float[][]>> grouped = Windows.group(texts, rows);
            for (int i = 0; i < texts.size(); i++) {
                results.add(
                        tokens
                                ? entities(task.inputs().get(i).text(), texts.get(i), grouped.get(i))
                                : labels(texts.get(i), grouped.get(i), task.topK()));
            }
            return new TextResult.Classified(results);
        });
    }

    private Classification labels(PreparedText text, List<float[][]> windows, int topK) {
        List<float[]> probabilities = windows.stream()
                .map(rows -> config.multiLabel() ? Scores.sigmoid(rows[0]) : Scores.softmax(rows[0]))
                .toList();
        List<Integer> weights =
                text.windows().stream().map(TokenizedText::length).toList();
        float[] mean = Scores.weightedMean(probabilities, weights);
        int count = topK == 0 ? mean.length : topK;
        List<LabelScore> labels = Scores.largest(mean, count).stream()
                .map(i -> new LabelScore(config.labels().get(i), mean[i]))
                .toList();
        return new Classification(labels, List.of(), text.tokens(), text.truncated(), windows.size());
    }

    private Classification entities(String original, PreparedText text, List<float[][]> windows) {
        float[][] scores =
                windows.size() == 1 ? windows.get(0) : WindowJoiner.join(text, windows, preparer.overlapTokens());
        float[][] probabilities = new float[scores.length][];
        for (int i = 0; i < scores.length; i++) {
            probabilities[i] = scores[i].length == 0 ? scores[i] : Scores.softmax(scores[i]);
        }
        TokenizedText tokens = windows.size() == 1 ? text.windows().get(0) : text.whole();
        List<Entity> entities = new EntityAggregator(config.labels()).aggregate(original, tokens, probabilities);
        return new Classification(List.of(), entities, text.tokens(), text.truncated(), windows.size());
    }
}
