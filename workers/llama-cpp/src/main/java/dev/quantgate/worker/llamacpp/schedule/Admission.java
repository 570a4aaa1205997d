package dev.quantgate.worker.llamacpp.schedule;

import java.time.Duration;
import java.util.List;
import java.util.Optional;

/** Which waiting request may start, and which running one gives way. */
final class Admission {
    /** A stream whose receiver took nothing for so long gives its place to a request that waits. */
    static final long STALL_NANOS = Duration.ofMillis(250).toNanos();

    /** Text that every admitted request has room for at once, so that admitting does not lead straight to preempting. */
    private static final int HEADROOM_TOKENS = 32;

    private final int sequences;
    private final KvPool pool;
    private final List<DecodeRequest> running;

    Admission(int sequences, KvPool pool, List<DecodeRequest> running) {
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

    /** Tokens that a saved state would spare a request, beyond what is in the cache; 0 if that is not worth a copy. */
    int gain(DecodeRequest request) {
        var saved = request.spec().saved();
        if (saved == null) {
            return 0;
        }
        var usable = Math.min(
                request.tokens().commonPrefix(saved.tokens(), saved.tokens().size()),
                request.tokens().size() - 1);
        if (saved.whole() && usable < saved.tokens().size()) {
            return 0;
        }
        var cached = pool.bestPrefix(request.tokens());
        var gain = usable - (cached == null ? 0 : KvPool.usable(cached, request.tokens()));
        return gain < KvPool.MIN_SHARED_TOKENS ? 0 : gain;
    }

    private boolean awaitsState(DecodeRequest request) {
        var saved = request.spec().saved();
        return saved != null && gain(request) > 0 && (!saved.fetched() || saved.damage() != null);
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
