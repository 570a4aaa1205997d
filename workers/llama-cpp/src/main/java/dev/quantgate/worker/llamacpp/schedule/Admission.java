package dev.quantgate.worker.llamacpp.schedule;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Which waiting request may start, and which running one gives way. */
final class Admission {
    /** A stream whose receiver took nothing for so long gives its place to a request that waits. */
    static final long STALL_NANOS = Duration.ofMillis(250).toNanos();

    /** Text that every admitted request has room for at once, so that admitting does not lead straight to preempting. */
    private static final int HEADROOM_TOKENS = 32;

    private final int sequences;
    private final KvCache pool;
    private final List<DecodeRequest> running;

    Admission(int sequences, KvCache pool, List<DecodeRequest> running) {
        this.sequences = sequences;
        this.pool = pool;
        this.running = running;
    }

    boolean full() {
        return running.size() >= sequences;
    }

    /** Whether starting now makes sense: the receiver takes tokens, and no running prompt is about to help. */
    boolean eligible(DecodeRequest request) {
        return request.outlet().ready() && !awaitsPrefix(request) && !awaitsState(request);
    }

    /** Whether the KV cache has room for it, beside what was admitted before. */
    boolean fits(DecodeRequest request) {
        if (running.isEmpty()) {
            return true;
        }
        var source = pool.bestPrefix(request.tokens());
        var shared = source != null && pool.isActive(source) ? KvPool.usable(source, request.tokens()) : 0;
        long needed = (long) pool.activeTokens() + request.tokens().size() - shared + headroom(request);
        for (var other : running) {
            needed += (long) other.pendingTokens() + headroom(other);
        }
        return needed <= pool.capacityTokens();
    }

    /** A running request whose receiver has taken nothing for a while. */
    Optional<DecodeRequest> stalled(long now) {
        return running.stream()
                .filter(request -> request.pausedNanos(now) >= STALL_NANOS)
                .findFirst();
    }

    /** Who gives up its KV: a paused request, else the youngest of the lowest priority; never the only one. */
    Optional<DecodeRequest> victim() {
        if (running.size() < 2) {
            return Optional.empty();
        }
        for (int i = running.size() - 1; i >= 0; i--) {
            if (!running.get(i).outlet().ready()) {
                return Optional.of(running.get(i));
            }
        }
        return Optional.of(running.get(running.size() - 1));
    }

    /** Opens a request's sequence from its saved state; null if it has none, or none that is worth it and fits. */
    @Nullable
    KvSequence restore(DecodeRequest request) {
        var saved = request.spec().saved();
        if (saved == null || !spares(saved, request)) {
            return null;
        }
        var state = saved.state();
        return state == null
                ? null
                : pool.restore(request.tokens(), saved.tokens().size(), usable(saved, request), state);
    }

    /** Whether a saved state holds so much more than the cache that it is worth a copy. */
    private boolean spares(SavedState saved, DecodeRequest request) {
        var usable = usable(saved, request);
        if (saved.whole() && usable < saved.tokens().size()) {
            return false;
        }
        var cached = pool.bestPrefix(request.tokens());
        var there = cached == null ? 0 : KvPool.usable(cached, request.tokens());
        return usable - there >= KvPool.MIN_SHARED_TOKENS;
    }

    private static int usable(SavedState saved, DecodeRequest request) {
        var common =
                request.tokens().commonPrefix(saved.tokens(), saved.tokens().size());
        return Math.min(common, request.tokens().size() - 1);
    }

    private boolean awaitsState(DecodeRequest request) {
        var saved = request.spec().saved();
        return saved != null && spares(saved, request) && (!saved.fetched() || saved.damage() != null);
    }

    private boolean awaitsPrefix(DecodeRequest request) {
        var planned = 0;
        for (var other : running) {
            if (!other.decoding()) {
                var tokens = other.tokens();
                var common = request.tokens().commonPrefix(tokens, tokens.size());
                planned = Math.max(planned, Math.min(common, request.tokens().size() - 1));
            }
        }
        if (planned < KvPool.MIN_SHARED_TOKENS) {
            return false;
        }
        var source = pool.bestPrefix(request.tokens());
        var ready = source == null ? 0 : KvPool.usable(source, request.tokens());
        return planned - ready >= KvPool.MIN_SHARED_TOKENS;
    }

    private static int headroom(DecodeRequest request) {
        return Math.min(HEADROOM_TOKENS, request.spec().maxTokens() - request.generated());
    }
}
