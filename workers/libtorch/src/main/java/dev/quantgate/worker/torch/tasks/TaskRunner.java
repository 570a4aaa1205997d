package dev.quantgate.worker.torch.tasks;

import dev.quantgate.worker.api.CallContext;
import dev.quantgate.worker.api.FailureKind;
import dev.quantgate.worker.api.WorkerFailure;
import dev.quantgate.worker.api.inference.TextResult;
import dev.quantgate.worker.api.inference.TextTask;
import dev.quantgate.worker.torch.model.EncoderConfig;
import dev.quantgate.worker.torch.model.HeadKind;
import dev.quantgate.worker.torch.model.Pooling;
import dev.quantgate.worker.torch.serving.BatchEngine;
import dev.quantgate.worker.torch.tokenize.EncoderTokenizer;
import dev.quantgate.worker.torch.tokenize.TokenizedText;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/** Answers every text task that a model's head can do. Tokenises on the calling thread, computes on the engine's. */
public final class TaskRunner {

    private final EncoderConfig config;
    private final EncoderTokenizer tokenizer;
    private final ClassifyRunner classify;
    private final EmbedRunner embed;
    private final FillMaskRunner fillMask;

    /**
     * Makes a runner.
     *
     * @param pooling used when a request names none
     * @param overlapTokens tokens that neighbouring windows of a long text share
     */
    public TaskRunner(
            EncoderConfig config, EncoderTokenizer tokenizer, BatchEngine engine, Pooling pooling, int overlapTokens) {
        this.config = config;
        this.tokenizer = tokenizer;
        // Short models cannot share as much as the setting says.
        int overlap = Math.min(overlapTokens, tokenizer.maxTokens() / 4);
        TextPreparer preparer = new TextPreparer(tokenizer, overlap);
        this.classify = new ClassifyRunner(config, engine, preparer);
        this.embed = new EmbedRunner(pooling, engine, preparer);
        this.fillMask = new FillMaskRunner(engine, tokenizer, preparer);
    }

    /** Starts a task; planned failures are thrown or complete the stage. */
    public CompletionStage<? extends TextResult> run(TextTask<?> task, CallContext context) {
        if (task instanceof TextTask.Classify request) {
            requireHead("classify", HeadKind.SEQUENCE_CLASSIFICATION, HeadKind.TOKEN_CLASSIFICATION);
            return classify.run(request, context);
        }
        if (task instanceof TextTask.Embed request) {
            return embed.run(request, context);
        }
        if (task instanceof TextTask.FillMask request) {
            requireHead("fill masks", HeadKind.MASKED_LM);
            return fillMask.run(request, context);
        }
        if (task instanceof TextTask.Tokenize request) {
            return CompletableFuture.completedFuture(tokenize(request));
        }
        return CompletableFuture.completedFuture(detokenize((TextTask.Detokenize) task));
    }

    private void requireHead(String verb, HeadKind... kinds) {
        if (!Arrays.asList(kinds).contains(config.head())) {
            throw WorkerFailure.of(
                            FailureKind.UNSUPPORTED,
                            "the model cannot " + verb + ": its head is " + config.head() + " (expected: "
                                    + String.join(" or ", names(kinds)) + ")")
                    .asException();
        }
    }

    private static List<String> names(HeadKind... kinds) {
        return Arrays.stream(kinds).map(HeadKind::name).toList();
    }

    private TextResult.Tokenized tokenize(TextTask.Tokenize request) {
        TokenizedText tokens = tokenizer.encode(request.text(), request.addSpecial(), request.parseSpecial());
        return new TextResult.Tokenized(
                Arrays.stream(tokens.ids()).mapToObj(Math::toIntExact).toList(), List.of(tokens.tokens()));
    }

    private TextResult.Detokenized detokenize(TextTask.Detokenize request) {
        for (int i = 0; i < request.tokens().size(); i++) {
            int token = request.tokens().get(i);
            if (token < 0 || token >= config.vocabularySize()) {
                throw WorkerFailure.invalid(
                                "tokens[" + i + "]", token + " (expected: 0 to " + (config.vocabularySize() - 1) + ")")
                        .asException();
            }
        }
        long[] ids = request.tokens().stream().mapToLong(Integer::longValue).toArray();
        return new TextResult.Detokenized(tokenizer.decode(ids, request.keepSpecial()));
    }
}
