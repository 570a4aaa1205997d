package dev.quantgate.worker.llamacpp;

import dev.quantgate.natives.llama.ContextOptions;
import dev.quantgate.natives.llama.DecodeStatus;
import dev.quantgate.natives.llama.LlamaBatch;
import dev.quantgate.natives.llama.LlamaContext;
import dev.quantgate.natives.llama.LlamaModel;
import dev.quantgate.natives.llama.RowSampler;
import dev.quantgate.natives.llama.SampleBatch;
import dev.quantgate.natives.llama.SamplingSpec;
import java.util.List;

/** The engine's peer: decode and sample in a plain loop, with nothing around it. */
final class BareLoop implements AutoCloseable {
    private final LlamaModel model;
    private final LlamaContext context;
    private final LlamaBatch batch;
    private final SampleBatch samples = new SampleBatch(64);

    BareLoop(LlamaModel model, ContextOptions options) {
        this.model = model;
        context = LlamaContext.create(model, options);
        batch = new LlamaBatch(context.batchTokens());
    }

    /** Generates greedily for all prompts at once; returns nanoseconds to the first token and to the last. */
    long[] run(List<int[]> prompts, int tokens) {
        var samplers = prompts.stream()
                .map(prompt -> RowSampler.create(
                        model.vocabulary(), SamplingSpec.builder().build()))
                .toList();
        context.memory().clear();
        var startedAt = System.nanoTime();
        var firstAt = 0L;
        var next = new int[prompts.size()];
        for (int sequence = 0; sequence < prompts.size(); sequence++) {
            next[sequence] = prefill(sequence, prompts.get(sequence), samplers.get(sequence));
            if (firstAt == 0) {
                firstAt = System.nanoTime();
            }
        }
        for (int step = 1; step < tokens; step++) {
            batch.clear();
            samples.clear();
            for (int sequence = 0; sequence < next.length; sequence++) {
                var position = prompts.get(sequence).length + step - 1;
                samples.add(batch.add(next[sequence], position, sequence, true), samplers.get(sequence));
            }
            decode();
            samples.run(context);
            for (int sequence = 0; sequence < next.length; sequence++) {
                next[sequence] = samples.token(sequence);
            }
        }
        var endedAt = System.nanoTime();
        samplers.forEach(RowSampler::close);
        return new long[] {firstAt - startedAt, endedAt - startedAt};
    }

    private int prefill(int sequence, int[] prompt, RowSampler sampler) {
        var row = -1;
        for (int from = 0; from < prompt.length; from += batch.capacity()) {
            batch.clear();
            for (int i = from; i < Math.min(prompt.length, from + batch.capacity()); i++) {
                row = batch.add(prompt[i], i, sequence, i == prompt.length - 1);
            }
            decode();
        }
        samples.clear();
        samples.add(row, sampler);
        samples.run(context);
        return samples.token(0);
    }

    private void decode() {
        if (context.decode(batch) != DecodeStatus.OK) {
            throw new IllegalStateException("decode failed");
        }
    }

    @Override
    public void close() {
        context.close();
    }
}
