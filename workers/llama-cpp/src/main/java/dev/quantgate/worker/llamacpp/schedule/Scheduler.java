package dev.quantgate.worker.llamacpp.schedule;

import dev.quantgate.worker.api.FailureKind;
import dev.quantgate.worker.api.WorkerFailure;
import dev.quantgate.worker.llamacpp.schedule.TokenOutlet.EndCause;
import dev.quantgate.worker.llamacpp.schedule.TokenOutlet.Verdict;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Decides what each step computes and keeps account of it. Used by the loop's thread alone, but for the counters.
 *
 * <p>Requests wait in an {@link AdmissionQueue} until a sequence and enough KV room are theirs; prompts are then computed
 * first come, first served, in chunks beside the streams that already run. Room for the text is not reserved: when the
 * cache overflows, prefixes are evicted, then the youngest request of the lowest priority gives up its KV and computes
 * it anew later.
 */
final class Scheduler {
    private static final Logger LOGGER = LoggerFactory.getLogger(Scheduler.class);
    private static final WorkerFailure NO_TOKEN_ALLOWED = WorkerFailure.invalid(
            "sampling", "the grammar (expected: one that allows a token of the model at each step)");
    private static final WorkerFailure RECEIVER_FAILED =
            WorkerFailure.of(FailureKind.INTERNAL, "the answer could not be processed");

    private final DecodeEngine engine;
    private final AbortGate gate;
    private final LongSupplier clock;
    private final LoopStatistics statistics;
    private final KvCache pool;
    private final FairShares shares = new FairShares();
    private final AdmissionQueue queue = new AdmissionQueue(shares);
    private final Admission admission;
    private final AdapterTurns turns = new AdapterTurns();
    private final StepPlan plan;
    private final StepBudget budget;
    private final Speculator speculator;
    private final SampleRows samples;
    private final boolean speculates;
    private final int[] sampled;
    private final List<DecodeRequest> running = new ArrayList<>();
    private final Draining draining = new Draining();
    private long arrivals;

    Scheduler(
            DecodeEngine engine,
            @Nullable DraftModel draftModel,
            LoopSettings settings,
            AbortGate gate,
            LoopStatistics statistics) {
        this(engine, draftModel, settings, gate, statistics, System::nanoTime);
    }

    /** With the clock, in nanoseconds, that steps are timed by. */
    Scheduler(
            DecodeEngine engine,
            @Nullable DraftModel draftModel,
            LoopSettings settings,
            AbortGate gate,
            LoopStatistics statistics,
            LongSupplier clock) {
        this.engine = engine;
        this.clock = clock;
        this.gate = gate;
        this.statistics = statistics;
        pool = KvCache.of(engine, settings.cachedTokens());
        admission = new Admission(settings.sequences(), pool, running);
        speculates = settings.draftTokens() > 0;
        speculator = new Speculator(settings.draftTokens(), draftModel);
        plan = new StepPlan(engine.batchTokens(), speculator);
        budget = new StepBudget(settings.stepTarget(), engine.batchTokens());
        samples = new SampleRows(engine.batchTokens());
        sampled = new int[engine.batchTokens()];
    }

    void enqueue(DecodeRequest request) {
        shares.enter(request.spec().client());
        if (speculates && request.spec().speculative()) {
            request.speculate(speculator.open());
        }
        request.enqueued(++arrivals);
        queue.add(request);
    }

    boolean idle() {
        return queue.size() == 0 && running.isEmpty() && draining.isEmpty();
    }

    /** One round: ends what was given up, admits, computes a step. Returns whether there was anything to compute. */
    boolean round() {
        var now = System.nanoTime();
        sweep(now);
        admit(now);
        var worked = step();
        statistics.gauges(running.size(), queue.size(), pool.usedTokens());
        return worked;
    }

    /** Nanoseconds until something must be looked at again although nobody called. */
    long nanosToDeadline() {
        var now = System.nanoTime();
        var nearest = queue.nanosToDeadline(now);
        for (var request : running) {
            nearest = Math.min(nearest, request.spec().deadlineAt() - now);
        }
        nearest = Math.min(nearest, draining.nanosToDeadline(now));
        // A stalled stream gives way to waiting requests after a while.
        return queue.size() == 0 ? nearest : Math.min(nearest, Admission.STALL_NANOS);
    }

    /** After the last round. */
    void close() {
        speculator.close();
    }

    /** Ends everything with a failure. */
    void failAll(WorkerFailure failure) {
        queue.removeIf(request -> true, request -> end(request, failure));
        failRunning(failure);
        draining.failAll(failure);
    }

    /** After the native context was lost: ends what ran in it and starts with an empty one. */
    void crashed(WorkerFailure failure) {
        engine.recover();
        speculator.recover();
        pool.reset();
        List.copyOf(running).forEach(DecodeRequest::closed);
        failRunning(failure);
    }

    private void failRunning(WorkerFailure failure) {
        List.copyOf(running).forEach(request -> endRunning(request, failure));
    }

    private void endRunning(DecodeRequest request, WorkerFailure failure) {
        running.remove(request);
        release(request);
        end(request, failure);
    }

    private void sweep(long now) {
        queue.removeIf(
                request -> request.over(now) != null,
                request -> end(request, Objects.requireNonNull(request.over(now))));
        for (int i = running.size() - 1; i >= 0; i--) {
            var over = running.get(i).over(now);
            if (over != null) {
                endRunning(running.get(i), over);
            }
        }
        draining.sweep(now);
    }

    private void admit(long now) {
        while (queue.size() > 0) {
            if (admission.full()) {
                var stalled = admission.stalled(now);
                if (stalled.isEmpty() || queue.next(admission::eligible).isEmpty()) {
                    return;
                }
                putBack(stalled.get(), true);
            }
            var next = queue.next(admission::eligible);
            if (next.isEmpty() || !admission.fits(next.get())) {
                return;
            }
            start(next.get());
        }
    }

    private void start(DecodeRequest request) {
        var sequence = open(request);
        request.opened(sequence);
        statistics.prefixHit(sequence.computed());
        queue.admit(request, request.pendingTokens());
        turns.started(request);
        running.add(request);
        speculator.started(request);
        running.sort(
                Comparator.<DecodeRequest>comparingInt(other -> -other.spec().priority())
                        .thenComparingLong(DecodeRequest::order));
    }

    private KvSequence open(DecodeRequest request) {
        var restored = admission.restore(request);
        if (restored == null) {
            return pool.open(request.tokens());
        }
        statistics.restored(restored.computed());
        return restored;
    }

    private boolean step() {
        fillPlan();
        while (!pool.makeRoom(plan.batch().size())) {
            preempt();
            fillPlan();
        }
        if (plan.size() == 0) {
            return false;
        }
        if (!gate.enter(plan)) {
            return true;
        }
        pool.refill(plan.newTokens());
        var startedAt = clock.getAsLong();
        DecodeEngine.Outcome outcome;
        try {
            engine.useAdapters(turns.current());
            outcome = engine.decode(plan.batch());
        } finally {
            gate.leave(plan);
        }
        switch (outcome) {
            case DONE -> {
                sample();
                budget.learn(plan, speculator.cost(), clock.getAsLong() - startedAt);
                deliver();
            }
            case ABORTED -> takeBack();
            case NO_ROOM -> {
                takeBack();
                if (!pool.evictAll()) {
                    preempt();
                }
            }
        }
        return true;
    }

    /** Guesses take only room that is free. */
    private void fillPlan() {
        plan.fill(turns.next(running), budget, Math.max(0, pool.freeTokens() - running.size()));
    }

    private void takeBack() {
        for (int i = 0; i < plan.size(); i++) {
            var sequence = plan.request(i).openSequence();
            engine.keepPrefix(sequence.id(), sequence.computed());
        }
    }

    private void sample() {
        samples.clear();
        for (int i = 0; i < plan.size(); i++) {
            var request = plan.request(i);
            pool.append(request.openSequence(), plan.count(i));
            if (plan.outputRow(i) >= 0) {
                sampled[samples.size()] = i;
                samples.add(plan.outputRow(i), request.spec().sampler());
            }
        }
        statistics.step(plan.size(), plan.promptTokens());
        statistics.drafted(plan.guesses());
        if (samples.size() > 0) {
            engine.sample(samples);
        }
    }

    /** Hands out the tokens; where a guess came true, the row behind it is sampled next, and so on. */
    private void deliver() {
        for (var count = samples.size(); count > 0; count = samples.size()) {
            samples.clear();
            for (int i = 0; i < count; i++) {
                receive(sampled[i], samples.token(i));
            }
            if (samples.size() > 0) {
                engine.sample(samples);
            }
        }
    }

    private void receive(int entry, int token) {
        var request = plan.request(entry);
        if (token == SampleRows.NO_TOKEN) {
            settle(entry);
            endRunning(request, NO_TOKEN_ALLOWED);
            return;
        }
        statistics.generated(1);
        shares.charge(request.spec().client(), 1);
        try {
            deliver(entry, token);
        } catch (RuntimeException e) {
            // One receiver's fault is not the others'.
            LOGGER.atError().setCause(e).log("a request's receiver failed");
            settle(entry);
            endRunning(request, RECEIVER_FAILED);
        }
    }

    private void deliver(int entry, int token) {
        var request = plan.request(entry);
        var verdict = request.outlet().accept(token);
        request.generated(token, verdict != Verdict.END_OF_TEXT);
        var guessed = plan.confirm(entry, token);
        if (guessed && verdict == Verdict.GO_ON && request.outlet().ready() && !request.cancelled()) {
            pool.append(request.openSequence(), 1);
            statistics.draftAccepted();
            sampled[samples.size()] = entry;
            samples.add(plan.accept(entry), request.spec().sampler());
            return;
        }
        settle(entry);
        switch (verdict) {
            case END_OF_TEXT, STOPPED -> finish(request, EndCause.STOP);
            case GO_ON -> goOn(request);
        }
    }

    /** Forgets what was computed behind guesses that did not come true. */
    private void settle(int entry) {
        var rejected = plan.settle(entry);
        if (rejected > 0) {
            pool.cut(plan.request(entry).openSequence(), rejected);
        }
    }

    private void goOn(DecodeRequest request) {
        if (request.finished()) {
            finish(request, EndCause.LENGTH);
        } else if (request.contextFull()) {
            if (request.spec().shift()) {
                shiftContext(request);
            } else {
                finish(request, EndCause.LENGTH);
            }
        }
    }

    /** Forgets the older half of the text and computes the rest anew, at its new positions. */
    private void shiftContext(DecodeRequest request) {
        var keep = request.spec().keepTokens();
        pool.drop(request.openSequence());
        request.shortened(keep, (request.tokens().size() - keep) / 2);
        request.opened(pool.open(request.tokens()));
    }

    private void finish(DecodeRequest request, EndCause cause) {
        running.remove(request);
        request.keepState(engine);
        release(request);
        shares.leave(request.spec().client());
        if (!request.outlet().complete(cause, request.figures())) {
            draining.add(request);
        }
    }

    private void end(DecodeRequest request, WorkerFailure failure) {
        shares.leave(request.spec().client());
        try {
            request.outlet().fail(failure);
        } catch (RuntimeException e) {
            LOGGER.atError().setCause(e).log("a request's receiver failed");
        }
    }

    private void release(DecodeRequest request) {
        speculator.stopped(request);
        var sequence = request.sequence();
        if (sequence != null) {
            pool.retire(sequence);
            request.closed();
        }
    }

    /** Makes room at the cost of one running request. */
    private void preempt() {
        var victim = admission.victim();
        if (victim.isEmpty()) {
            throw new IllegalStateException("one request fills " + pool.capacityTokens() + " KV tokens");
        }
        putBack(victim.get(), false);
    }

    private void putBack(DecodeRequest request, boolean keepPrefix) {
        running.remove(request);
        speculator.stopped(request);
        var sequence = request.openSequence();
        if (keepPrefix) {
            pool.retire(sequence);
        } else {
            pool.drop(sequence);
        }
        request.closed();
        statistics.preempted();
        queue.add(request);
    }
}
