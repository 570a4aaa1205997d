package dev.quantgate.worker.llamacpp;

import dev.quantgate.natives.llama.ContextOptions;
import dev.quantgate.natives.llama.LlamaException;
import dev.quantgate.natives.llama.LlamaModel;
import dev.quantgate.natives.llama.LoadProgress;
import dev.quantgate.natives.llama.ModelOptions;
import dev.quantgate.natives.llama.Vocabulary;
import dev.quantgate.worker.api.FailureKind;
import dev.quantgate.worker.api.WorkerException;
import dev.quantgate.worker.api.WorkerFailure;
import dev.quantgate.worker.llamacpp.generate.GreedySampler;
import dev.quantgate.worker.llamacpp.generate.LlamaDecodeEngine;
import dev.quantgate.worker.llamacpp.gguf.GgmlType;
import dev.quantgate.worker.llamacpp.gguf.GgufInfo;
import dev.quantgate.worker.llamacpp.quantize.ModelFiles;
import dev.quantgate.worker.llamacpp.schedule.DraftModel;
import dev.quantgate.worker.llamacpp.schedule.MemoryBudget;
import java.nio.file.Path;
import java.util.Arrays;

/**
 * A small model in memory that guesses for a larger one: its weights, which outlive the loop that uses its context.
 *
 * @param weights closed after the loop
 * @param guesser for the loop, which closes it
 */
record LoadedDraft(LlamaModel weights, DraftModel guesser) implements AutoCloseable {
    /**
     * Loads the file that {@code draft_model} names for a model.
     *
     * @param sequences texts that run at once
     * @throws WorkerException INVALID_REQUEST if the vocabularies differ or the file cannot be used, OUT_OF_MEMORY
     */
    static LoadedDraft load(
            Path file,
            LlamaModel target,
            ContextPlan plan,
            EngineOptions options,
            int sequences,
            int threads,
            MemoryBudget memory) {
        var info = verify(file);
        var bytes = info.memoryEstimate(plan.kvTokens(), 1, GgmlType.F16, GgmlType.F16, options.microBatchTokens())
                .totalBytes();
        if (!memory.take(bytes)) {
            throw WorkerFailure.of(
                            FailureKind.OUT_OF_MEMORY,
                            "the draft model needs " + bytes + " bytes beside its model; the limit leaves less")
                    .asException();
        }
        return open(file, target, contextOptions(plan, options, sequences, threads), memory);
    }

    private static GgufInfo verify(Path file) {
        try {
            return ModelFiles.verify(file);
        } catch (WorkerException e) {
            throw new WorkerException(invalid(e.failure().message(), "a GGUF model"), e);
        }
    }

    /** If no loop has taken the guesser over. */
    @Override
    public void close() {
        guesser.close();
        weights.close();
    }

    private static LoadedDraft open(Path file, LlamaModel target, ContextOptions context, MemoryBudget memory) {
        LlamaModel weights;
        try {
            weights = LlamaModel.open(file, ModelOptions.defaults(), LoadProgress.NONE);
        } catch (LlamaException e) {
            throw new WorkerException(invalid("llama.cpp refused the file", "a model; the worker's log says more"), e);
        }
        try {
            requireSameVocabulary(target.vocabulary(), weights.vocabulary());
            if (weights.properties().recurrent() || weights.properties().hybrid()) {
                throw invalid("a model with a recurrent state", "one whose memory can be cut at a token")
                        .asException();
            }
            return new LoadedDraft(
                    weights,
                    new DraftModel(
                            new LlamaDecodeEngine(weights, context, memory), GreedySampler.of(weights.vocabulary())));
        } catch (RuntimeException e) {
            weights.close();
            throw e;
        }
    }

    private static ContextOptions contextOptions(ContextPlan plan, EngineOptions options, int sequences, int threads) {
        return ContextOptions.builder()
                .contextTokens(plan.kvTokens())
                .batchTokens(options.batchTokens())
                .microBatchTokens(options.microBatchTokens())
                .maxSequences(sequences)
                .threads(threads)
                .threadPoolPoll(ContextPlan.THREAD_POOL_POLL_OF_TWO)
                .build();
    }

    /** A guess is a token's number, so the same number must be the same token. */
    private static void requireSameVocabulary(Vocabulary target, Vocabulary draft) {
        if (target.size() != draft.size()) {
            throw invalid(draft.size() + " tokens in its vocabulary", "the " + target.size() + " of the model")
                    .asException();
        }
        for (int token = 0; token < target.size(); token++) {
            if (!Arrays.equals(target.piece(token), draft.piece(token))
                    || target.isControl(token) != draft.isControl(token)
                    || target.isEndOfGeneration(token) != draft.isEndOfGeneration(token)) {
                throw invalid("token " + token + " differs from the model's", "the vocabulary of the model")
                        .asException();
            }
        }
    }

    private static WorkerFailure invalid(String value, String expected) {
        return WorkerFailure.invalid("options.draft_model", value + " (expected: " + expected + ")");
    }
}
