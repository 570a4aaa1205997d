package dev.quantgate.worker.llamacpp.schedule;

import java.util.List;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/** Builds requests for the scheduler's tests. */
final class Requests {
    final RecordingOutlet outlet = new RecordingOutlet();
    private int[] prompt = numbers(10, 1);
    private int maxTokens = 5;
    private int contextTokens = 1000;
    private boolean shift;
    private int priority;
    private String client = "";
    private AdapterSet adapters = AdapterSet.NONE;
    private boolean speculative = true;
    private long arrivedAt = System.nanoTime();
    private @Nullable SavedState saved;
    private @Nullable StateKeeper keeper;
    private long deadlineAt = System.nanoTime() + 3_600_000_000_000L;

    static Requests request() {
        return new Requests();
    }

    /** {@code count} tokens that depend on {@code start}. */
    static int[] numbers(int count, int start) {
        return IntStream.range(0, count)
                .map(i -> Math.floorMod(start * 7919 + i, FakeEngine.VOCABULARY))
                .toArray();
    }

    static int[] join(int[] first, int[] second) {
        return IntStream.concat(IntStream.of(first), IntStream.of(second)).toArray();
    }

    Requests prompt(int... tokens) {
        prompt = tokens;
        return this;
    }

    Requests maxTokens(int tokens) {
        maxTokens = tokens;
        return this;
    }

    Requests contextTokens(int tokens) {
        contextTokens = tokens;
        return this;
    }

    Requests shift() {
        shift = true;
        return this;
    }

    Requests priority(int value) {
        priority = value;
        return this;
    }

    Requests client(String name) {
        client = name;
        return this;
    }

    Requests adapter(String sha256, float scale) {
        adapters = new AdapterSet(List.of(new AdapterSet.Scaled(sha256, scale)));
        return this;
    }

    Requests saved(SavedState state) {
        saved = state;
        return this;
    }

    Requests keeper(StateKeeper taker) {
        keeper = taker;
        return this;
    }

    AdapterSet adapters() {
        return adapters;
    }

    Requests withoutSpeculation() {
        speculative = false;
        return this;
    }

    Requests arrivedAt(long nanos) {
        arrivedAt = nanos;
        return this;
    }

    Requests deadlineIn(long nanos) {
        deadlineAt = System.nanoTime() + nanos;
        return this;
    }

    Requests credits(int count) {
        outlet.credits.set(count);
        return this;
    }

    int[] prompt() {
        return prompt;
    }

    DecodeRequest build() {
        return new DecodeRequest(new DecodeRequest.Spec(
                prompt,
                maxTokens,
                contextTokens,
                shift,
                1,
                priority,
                client,
                speculative,
                arrivedAt,
                deadlineAt,
                () -> {},
                outlet,
                adapters,
                saved,
                keeper));
    }
}
