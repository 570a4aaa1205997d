package dev.quantgate.worker.torch.tasks;

import dev.quantgate.worker.api.CallContext;
import dev.quantgate.worker.api.WorkerFailure;
import dev.quantgate.worker.api.inference.TextResult;
import dev.quantgate.worker.api.inference.TextResult.MaskCandidate;
import dev.quantgate.worker.api.inference.TextTask;
import dev.quantgate.worker.api.inference.TextTask.Truncation;
import dev.quantgate.worker.torch.serving.BatchEngine;
import dev.quantgate.worker.torch.serving.Computation;
import dev.quantgate.worker.torch.tokenize.EncoderTokenizer;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import java.util.stream.IntStream;

/** Answers requests to fill gaps in texts. */
final class FillMaskRunner {

    private final BatchEngine engine;
    private final EncoderTokenizer tokenizer;
    private final TextPreparer preparer;

    FillMaskRunner(BatchEngine engine, EncoderTokenizer tokenizer, TextPreparer preparer) {
        this.engine = engine;
        this.tokenizer = tokenizer;
        this.preparer = preparer;
    }

    CompletionStage<TextResult.Filled> run(TextTask.FillMask task, CallContext context) {
        long maskId = tokenizer.maskId();
        List<PreparedText> texts = new ArrayList<>();
        List<int[]> positions = new ArrayList<>();
        for (int i = 0; i < task.inputs().size(); i++) {
            String field = "inputs[" + i + "]";
            PreparedText text = preparer.prepare(field, task.inputs().get(i), Optional.empty(), Truncation.ERROR);
            long[] ids = text.whole().ids();
            int[] masks =
                    IntStream.range(0, ids.length).filter(t -> ids[t] == maskId).toArray();
            if (masks.length == 0) {
                throw WorkerFailure.invalid(
                                field, "a text without a gap (expected: at least one " + tokenizer.maskToken() + ")")
                        .asException();
            }
            texts.add(text);
            positions.add(masks);
        }
        return engine.submit(new Computation.MaskedScores(), Windows.inputs(texts), positions, context)
                .thenApply(rows -> {
                    List<List<List<MaskCandidate>>> results = new ArrayList<>();
                    for (int i = 0; i < texts.size(); i++) {
                        results.add(candidates(texts.get(i), positions.get(i), rows.get(i), task.topK()));
                    }
                    return new TextResult.Filled(results);
                });
    }

    private List<List<MaskCandidate>> candidates(PreparedText text, int[] masks, float[][] rows, int topK) {
        List<List<MaskCandidate>> all = new ArrayList<>();
        for (int mask = 0; mask < masks.length; mask++) {
            float[] probabilities = Scores.softmax(rows[mask]);
            List<MaskCandidate> candidates = new ArrayList<>();
            for (int token : Scores.largest(probabilities, topK)) {
                long[] filled = text.whole().ids().clone();
                filled[masks[mask]] = token;
                candidates.add(new MaskCandidate(
                        token,
                        tokenizer.decode(new long[] {token}, true),
                        probabilities[token],
                        // With other gaps left, they have to be seen.
                        tokenizer.decode(filled, masks.length > 1)));
            }
            all.add(candidates);
        }
        return all;
    }
}
