package dev.quantgate.worker.llamacpp.quantize;

import dev.quantgate.natives.llama.ContextOptions;
import dev.quantgate.natives.llama.DecodeStatus;
import dev.quantgate.natives.llama.LlamaBatch;
import dev.quantgate.natives.llama.LlamaContext;
import dev.quantgate.natives.llama.LlamaException;
import dev.quantgate.natives.llama.LlamaModel;
import dev.quantgate.natives.llama.LoadProgress;
import dev.quantgate.natives.llama.ModelOptions;
import dev.quantgate.worker.api.FailureKind;
import dev.quantgate.worker.api.WorkerException;
import dev.quantgate.worker.api.WorkerFailure;
import java.nio.FloatBuffer;
import java.nio.file.Path;

/** A few greedy tokens from a new file: proof that llama.cpp opens it and that its numbers are numbers. */
final class TrialGeneration {
    private static final int TOKENS = 4;

    private TrialGeneration() {}

    /**
     * Generates.
     *
     * @throws WorkerException INVALID_MODEL if that does not work
     */
    static void run(Path file) {
        // Mapped and not repacked: the check should not take the memory that serving takes.
        var options = ModelOptions.defaults().withExtraBuffers(false);
        try (var model = LlamaModel.open(file, options, LoadProgress.NONE);
                var context = LlamaContext.create(
                        model,
                        ContextOptions.builder()
                                .contextTokens(64)
                                .batchTokens(16)
                                .build())) {
            generate(model, context);
        } catch (LlamaException e) {
            throw new WorkerException(
                    WorkerFailure.of(FailureKind.INVALID_MODEL, "llama.cpp cannot run the quantised model"), e);
        }
    }

    private static void generate(LlamaModel model, LlamaContext context) {
        var batch = new LlamaBatch(1);
        var token = model.vocabulary().bos().orElse(0);
        for (int position = 0; position < TOKENS; position++) {
            batch.clear();
            batch.add(token, position, 0, true);
            if (context.decode(batch) != DecodeStatus.OK) {
                throw new LlamaException("the trial decode failed");
            }
            token = likeliest(context.logits(0));
        }
    }

    private static int likeliest(FloatBuffer logits) {
        var best = -1;
        for (int i = 0; i < logits.limit(); i++) {
            if (!Float.isFinite(logits.get(i))) {
                throw new WorkerException(WorkerFailure.of(
                        FailureKind.INVALID_MODEL, "the quantised model computes values that are not numbers"));
            }
            if (best < 0 || logits.get(i) > logits.get(best)) {
                best = i;
            }
        }
        return best;
    }
}
