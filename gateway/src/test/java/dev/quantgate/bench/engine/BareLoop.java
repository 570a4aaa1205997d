package dev.quantgate.bench.engine;

import dev.quantgate.bench.load.Lane;
import dev.quantgate.bench.load.LoadResult;
import dev.quantgate.bench.load.Trace;
import dev.quantgate.bench.load.Workload;
import dev.quantgate.bench.process.Shape;
import dev.quantgate.natives.llama.ContextOptions;
import dev.quantgate.natives.llama.DecodeStatus;
import dev.quantgate.natives.llama.LlamaBatch;
import dev.quantgate.natives.llama.LlamaContext;
import dev.quantgate.natives.llama.LlamaModel;
import dev.quantgate.natives.llama.SampleBatch;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.LockSupport;

/**
 * A loop over llama_decode and nothing else: what remains of a server when all but the engine is taken away. Every step
 * takes one token of each running sequence and fills the rest of the batch with prompts. One thread.
 */
public final class BareLoop implements AutoCloseable {
    // The same as the worker's, by which it must be measured.
    private static final int BATCH_TOKENS = 512;
    private static final int THREAD_POOL_POLL = 50;
    private static final int SEPARATE_SEQUENCES = 16;

    private static final double NANOS_PER_SECOND = 1e9;

    private final LlamaModel model;
    private final LlamaContext context;
    private final LlamaBatch batch = new LlamaBatch(BATCH_TOKENS);
    private final SampleBatch samples;
    private final boolean sampling;

    /**
     * Makes the context; the model stays with its owner.
     *
     * @param sampling whether tokens are sampled; without, the next token is any token, which costs nothing
     */
    public BareLoop(LlamaModel model, Shape shape, boolean sampling) {
        this.model = model;
        this.sampling = sampling;
        samples = new SampleBatch(shape.sequences());
        context = LlamaContext.create(
                model,
                ContextOptions.builder()
                        .contextTokens(shape.totalTokens())
                        .batchTokens(BATCH_TOKENS)
                        .maxSequences(shape.sequences())
                        .threads(shape.threads())
                        .threadPoolPoll(THREAD_POOL_POLL)
                        .unifiedKv(shape.sequences() < SEPARATE_SEQUENCES)
                        .build());
    }

    /** Runs a workload to its end. */
    public LoadResult run(Workload workload) {
        var start = System.nanoTime();
        var slots = new ArrayList<Slot>();
        for (var lane : workload.lanes()) {
            slots.add(new Slot(slots.size(), lane, start + lane.startAfter().toNanos()));
        }
        while (slots.stream().anyMatch(slot -> !slot.isFinished())) {
            if (!step(slots)) {
                waitForNextLane(slots);
            }
        }
        var wallSeconds = (System.nanoTime() - start) / NANOS_PER_SECOND;
        var observed = new ArrayList<Trace>();
        var tokens = 0;
        for (var slot : slots) {
            Lane lane = slot.lane();
            tokens += slot.traces().stream().mapToInt(Trace::tokens).sum();
            if (lane.observed()) {
                observed.addAll(slot.traces());
            }
        }
        return new LoadResult(observed, tokens, wallSeconds);
    }

    private boolean step(List<Slot> slots) {
        var now = System.nanoTime();
        batch.clear();
        var nextTokens = 0;
        for (var slot : slots) {
            slot.beginIfDue(now, model.vocabulary(), sampling);
            nextTokens += slot.hasNextToken() ? 1 : 0;
        }
        // In the order of their ids: llama.cpp computes neighbours together.
        for (var slot : slots) {
            if (slot.hasNextToken()) {
                slot.addNextToken(batch);
                nextTokens--;
            } else {
                slot.addPrompt(batch, batch.remaining() - nextTokens);
            }
        }
        if (batch.size() == 0) {
            return false;
        }
        var status = context.decode(batch);
        if (status != DecodeStatus.OK) {
            throw new IllegalStateException("llama_decode: " + status);
        }
        sample(slots);
        return true;
    }

    private void sample(List<Slot> slots) {
        samples.clear();
        if (sampling) {
            slots.forEach(slot -> slot.addSample(samples));
            samples.run(context);
        }
        for (var slot : slots) {
            if (slot.takeToken(samples, sampling)) {
                context.memory().remove(slot.sequence());
            }
        }
    }

    private static void waitForNextLane(List<Slot> slots) {
        var next = slots.stream()
                .filter(slot -> !slot.isFinished())
                .mapToLong(Slot::dueNanos)
                .min()
                .orElseThrow();
        LockSupport.parkNanos(Math.max(1, next - System.nanoTime()));
    }

    @Override
    public void close() {
        context.close();
    }
}
