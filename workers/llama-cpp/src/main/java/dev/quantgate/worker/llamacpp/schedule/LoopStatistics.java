package dev.quantgate.worker.llamacpp.schedule;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;

/** Counters and gauges of a decode loop; the loop writes, anyone reads. */
final class LoopStatistics {
    private final AtomicLong running = new AtomicLong();
    private final AtomicLong queued = new AtomicLong();
    private final AtomicLong kvUsedTokens = new AtomicLong();
    private final AtomicLong steps = new AtomicLong();
    private final AtomicLong sequencesInSteps = new AtomicLong();
    private final AtomicLong promptTokens = new AtomicLong();
    private final AtomicLong generatedTokens = new AtomicLong();
    private final AtomicLong prefixHitTokens = new AtomicLong();
    private final AtomicLong draftedTokens = new AtomicLong();
    private final AtomicLong acceptedDraftTokens = new AtomicLong();
    private final AtomicLong restoredTokens = new AtomicLong();
    private final AtomicLong preemptions = new AtomicLong();

    void gauges(int runningNow, int queuedNow, int kvUsedNow) {
        running.lazySet(runningNow);
        queued.lazySet(queuedNow);
        kvUsedTokens.lazySet(kvUsedNow);
    }

    void step(int sequences, int prompt) {
        add(steps, 1);
        add(sequencesInSteps, sequences);
        add(promptTokens, prompt);
    }

    void generated(int tokens) {
        add(generatedTokens, tokens);
    }

    void drafted(int tokens) {
        add(draftedTokens, tokens);
    }

    void draftAccepted() {
        add(acceptedDraftTokens, 1);
    }

    void prefixHit(int tokens) {
        add(prefixHitTokens, tokens);
    }

    void restored(int tokens) {
        add(restoredTokens, tokens);
    }

    void preempted() {
        add(preemptions, 1);
    }

    Map<String, Double> snapshot(int kvTotalTokens) {
        var figures = new LinkedHashMap<String, Double>();
        figures.put("running", running.doubleValue());
        figures.put("queued", queued.doubleValue());
        figures.put("kv_tokens_used", kvUsedTokens.doubleValue());
        figures.put("kv_tokens_total", (double) kvTotalTokens);
        figures.put("batch_size_mean", sequencesInSteps.doubleValue() / Math.max(1, steps.get()));
        figures.put("decode_steps", steps.doubleValue());
        figures.put("prefix_hit_tokens", prefixHitTokens.doubleValue());
        figures.put("session_restored_tokens", restoredTokens.doubleValue());
        figures.put("prompt_tokens", promptTokens.doubleValue());
        figures.put("generated_tokens", generatedTokens.doubleValue());
        figures.put("drafted_tokens", draftedTokens.doubleValue());
        figures.put("accepted_draft_tokens", acceptedDraftTokens.doubleValue());
        figures.put("preemptions", preemptions.doubleValue());
        return figures;
    }

    // One writer: no compare-and-set needed.
    private static void add(AtomicLong counter, long amount) {
        counter.lazySet(counter.get() + amount);
    }
}
