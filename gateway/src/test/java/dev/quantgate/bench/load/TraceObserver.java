package dev.quantgate.bench.load;

import io.grpc.stub.StreamObserver;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Predicate;
import java.util.function.ToIntFunction;

/** Notes when the messages of a stream come. */
final class TraceObserver<M> implements StreamObserver<M> {
    private final CompletableFuture<Trace> trace = new CompletableFuture<>();
    private final EventTimes events = new EventTimes();
    private final Predicate<M> hasText;
    private final ToIntFunction<M> tokensAtEnd;
    private long sentNanos;
    private int tokens;

    TraceObserver(Predicate<M> hasText, ToIntFunction<M> tokensAtEnd) {
        this.hasText = hasText;
        this.tokensAtEnd = tokensAtEnd;
    }

    void start() {
        sentNanos = System.nanoTime();
    }

    CompletionStage<Trace> trace() {
        return trace;
    }

    @Override
    public void onNext(M message) {
        if (hasText.test(message)) {
            events.now();
        } else {
            tokens = tokensAtEnd.applyAsInt(message);
        }
    }

    @Override
    public void onError(Throwable failure) {
        trace.completeExceptionally(failure);
    }

    @Override
    public void onCompleted() {
        trace.complete(new Trace(sentNanos, events, System.nanoTime(), tokens));
    }
}
