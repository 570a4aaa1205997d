package dev.quantgate.worker.llamacpp.schedule;

import dev.quantgate.worker.api.FailureKind;
import dev.quantgate.worker.api.WorkerFailure;
import dev.quantgate.worker.api.inference.GenerateEvent.Timings;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * One text in the making. Everything that changes belongs to the loop's thread, except for the two flags by which others
 * give it up.
 */
public final class DecodeRequest {
    private static final WorkerFailure CANCELLED = WorkerFailure.of(FailureKind.CANCELLED, "the caller cancelled");
    private static final WorkerFailure DEADLINE_PASSED =
            WorkerFailure.of(FailureKind.DEADLINE_EXCEEDED, "the deadline passed");

    private final Spec spec;
    private final TokenList tokens;
    private @Nullable Drafts drafts;
    private @Nullable KvSequence sequence;
    private int generated;
    private int cachedTokens;
    private long order;
    private long startedAt;
    private long firstTokenAt;
    private long lastTokenAt;
    private long pausedAt;
    private long servedAt;
    private volatile boolean cancelled;

    /** Guarded by the loop's abort gate. */
    private boolean prefillInFlight;

    public DecodeRequest(Spec spec) {
        this.spec = spec;
        this.tokens = new TokenList(spec.prompt(), spec.adapters());
    }

    /**
     * What is asked for.
     *
     * @param prompt at least one token
     * @param maxTokens most tokens to generate, at least 1
     * @param contextTokens most tokens of prompt and text together
     * @param shift drop old tokens when the context is full, instead of ending; the first {@code keepTokens} stay
     * @param keepTokens see {@code shift}
     * @param priority higher goes first
     * @param client whose share pays
     * @param speculative whether its next tokens may be guessed; that changes the speed, never the text
     * @param arrivedAt of {@link System#nanoTime()}
     * @param deadlineAt of {@link System#nanoTime()}
     * @param sampler chooses the tokens; the outlet closes it
     * @param outlet takes the tokens
     * @param adapters LoRA adapters that it is computed with
     * @param saved what it can start from, or null
     * @param keeper takes what it has computed, or null
     */
    @SuppressWarnings("ArrayRecordComponent") // Handed over once; never compared.
    public record Spec(
            int[] prompt,
            int maxTokens,
            int contextTokens,
            boolean shift,
            int keepTokens,
            int priority,
            String client,
            boolean speculative,
            long arrivedAt,
            long deadlineAt,
            TokenSampler sampler,
            TokenOutlet outlet,
            AdapterSet adapters,
            @Nullable SavedState saved,
            @Nullable StateKeeper keeper) {}

    Spec spec() {
        return spec;
    }

    TokenOutlet outlet() {
        return spec.outlet();
    }

    TokenList tokens() {
        return tokens;
    }

    /** Guesses at the text's next tokens; null where nothing is guessed. */
    @Nullable
    Drafts drafts() {
        return drafts;
    }

    void speculate(Drafts newDrafts) {
        drafts = newDrafts;
    }

    /** Most tokens that may be guessed: after them, the text still takes one. */
    int guessable() {
        return Math.min(spec.maxTokens() - generated, spec.contextTokens() - tokens.size()) - 1;
    }

    /** Takes tokens out of the text. */
    void shortened(int from, int count) {
        tokens.removeRange(from, count);
        if (drafts != null) {
            drafts.reset();
        }
    }

    int generated() {
        return generated;
    }

    boolean finished() {
        return generated >= spec.maxTokens();
    }

    boolean contextFull() {
        return tokens.size() >= spec.contextTokens();
    }

    @Nullable
    KvSequence sequence() {
        return sequence;
    }

    KvSequence openSequence() {
        var open = sequence;
        if (open == null) {
            throw new IllegalStateException("the request has no sequence");
        }
        return open;
    }

    /** Tokens that are known but not computed yet. */
    int pendingTokens() {
        return tokens.size() - (sequence == null ? 0 : sequence.computed());
    }

    /** Whether the next step computes just the token that was generated last. */
    boolean decoding() {
        return generated > 0 && pendingTokens() == 1;
    }

    /** Whether a step can do something for it now. */
    boolean computable() {
        // The last token of a prompt yields a token, and that needs credit.
        return outlet().ready() || (!decoding() && pendingTokens() > 1);
    }

    AdapterSet adapters() {
        return spec.adapters();
    }

    /** Why it cannot go on, or null. */
    @Nullable
    WorkerFailure over(long now) {
        var damage = spec.saved() == null ? null : spec.saved().damage();
        if (damage != null) {
            return damage;
        }
        if (cancelled) {
            return CANCELLED;
        }
        return spec.deadlineAt() - now <= 0 ? DEADLINE_PASSED : null;
    }

    /** Hands what it has computed to who keeps it, if anybody does. */
    void keepState(DecodeEngine engine) {
        if (spec.keeper() != null) {
            var held = openSequence();
            spec.keeper().keep(engine, held.id(), tokens.toArray(held.computed()));
        }
    }

    /** The turn of adapter sets that it took part in last. */
    long servedAt() {
        return servedAt;
    }

    void servedAt(long turn) {
        servedAt = turn;
    }

    long order() {
        return order;
    }

    void enqueued(long newOrder) {
        order = newOrder;
    }

    void opened(KvSequence newSequence) {
        sequence = newSequence;
        if (startedAt == 0) {
            startedAt = System.nanoTime();
            cachedTokens = newSequence.computed();
        }
    }

    void closed() {
        sequence = null;
    }

    void generated(int token, boolean partOfText) {
        lastTokenAt = System.nanoTime();
        if (firstTokenAt == 0) {
            firstTokenAt = lastTokenAt;
        }
        if (partOfText) {
            tokens.add(token);
            generated++;
        }
    }

    /** How long the receiver has given no credit, in nanoseconds; 0 while it has. */
    long pausedNanos(long now) {
        if (spec.outlet().ready()) {
            pausedAt = 0;
        } else if (pausedAt == 0) {
            pausedAt = now;
        }
        return pausedAt == 0 ? 0 : now - pausedAt;
    }

    boolean cancelled() {
        return cancelled;
    }

    void markCancelled() {
        cancelled = true;
    }

    boolean prefillInFlight() {
        return prefillInFlight;
    }

    void prefillInFlight(boolean inFlight) {
        prefillInFlight = inFlight;
    }

    DecodeFigures figures() {
        var timings = new Timings(
                Duration.ofNanos(startedAt - spec.arrivedAt()),
                Duration.ofNanos(firstTokenAt - startedAt),
                Duration.ofNanos(firstTokenAt - spec.arrivedAt()),
                Duration.ofNanos(lastTokenAt - firstTokenAt));
        return new DecodeFigures(
                spec.prompt().length,
                generated,
                cachedTokens,
                drafts == null ? 0 : drafts.draftedTokens(),
                drafts == null ? 0 : drafts.acceptedTokens(),
                timings);
    }
}
