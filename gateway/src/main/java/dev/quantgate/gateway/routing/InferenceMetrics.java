package dev.quantgate.gateway.routing;

import dev.quantgate.worker.api.FailureKind;
import dev.quantgate.worker.api.WorkerFailure;
import dev.quantgate.worker.api.inference.GenerateEvent;
import dev.quantgate.worker.api.inference.GenerationInput;
import dev.quantgate.worker.api.inference.TextTask;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.LongAdder;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** What this gateway has measured of the calls to models, whatever protocol they came by. Thread-safe. */
public final class InferenceMetrics {
    /** How a call ended. */
    public record Ending(String method, String outcome) {}

    private static final String OK = "ok";

    private final LatencyHistogram timeToFirstToken = new LatencyHistogram();
    private final LatencyHistogram interToken = new LatencyHistogram();
    private final LatencyHistogram queue = new LatencyHistogram();
    private final LatencyHistogram prefill = new LatencyHistogram();
    private final LongAdder promptTokens = new LongAdder();
    private final LongAdder generatedTokens = new LongAdder();
    private final LongAdder cachedTokens = new LongAdder();
    private final LongAdder draftedTokens = new LongAdder();
    private final LongAdder acceptedDraftTokens = new LongAdder();
    private final Map<Ending, LongAdder> endings = new ConcurrentHashMap<>();

    /** From a generation's arrival at the gateway to its first token. */
    public LatencyHistogram timeToFirstToken() {
        return timeToFirstToken;
    }

    /** Between the tokens of a generation as the gateway gets them. */
    public LatencyHistogram interToken() {
        return interToken;
    }

    /** From a generation's arrival at its worker to the start of its prompt. */
    public LatencyHistogram queue() {
        return queue;
    }

    /** Processing of prompts. */
    public LatencyHistogram prefill() {
        return prefill;
    }

    public long promptTokens() {
        return promptTokens.sum();
    }

    public long generatedTokens() {
        return generatedTokens.sum();
    }

    /** Tokens of prompts that came from a prefix cache. */
    public long cachedTokens() {
        return cachedTokens.sum();
    }

    /** Tokens that were guessed ahead and computed. */
    public long draftedTokens() {
        return draftedTokens.sum();
    }

    /** Guessed tokens that became part of a text. */
    public long acceptedDraftTokens() {
        return acceptedDraftTokens.sum();
    }

    /** Calls so far, by method and outcome: {@code ok}, or a {@link FailureKind} in lower case. */
    public Map<Ending, Long> endings() {
        return endings.entrySet().stream()
                .collect(Collectors.toMap(
                        Map.Entry::getKey, entry -> entry.getValue().sum()));
    }

    void completed(GenerateEvent.Completed completed) {
        promptTokens.add(completed.promptTokens());
        generatedTokens.add(completed.completionTokens());
        cachedTokens.add(completed.cachedTokens());
        draftedTokens.add(completed.draftedTokens());
        acceptedDraftTokens.add(completed.acceptedDraftTokens());
        queue.record(completed.timings().queue().toNanos(), 1);
        prefill.record(completed.timings().prefill().toNanos(), 1);
    }

    void ended(String method) {
        count(new Ending(method, OK));
    }

    void failed(String method, FailureKind kind) {
        count(new Ending(method, kind.name().toLowerCase(Locale.ROOT)));
    }

    void ended(String method, @Nullable Throwable failure) {
        if (failure == null) {
            ended(method);
        } else {
            failed(method, WorkerFailure.find(failure).map(WorkerFailure::kind).orElse(FailureKind.INTERNAL));
        }
    }

    static String method(GenerationInput input) {
        return input instanceof GenerationInput.Conversation ? "chat" : "generate";
    }

    static String method(TextTask<?> task) {
        if (task instanceof TextTask.Embed) {
            return "embed";
        } else if (task instanceof TextTask.Classify) {
            return "classify";
        } else if (task instanceof TextTask.FillMask) {
            return "fill_mask";
        }
        return task instanceof TextTask.Tokenize ? "tokenize" : "detokenize";
    }

    private void count(Ending ending) {
        endings.computeIfAbsent(ending, first -> new LongAdder()).increment();
    }
}
