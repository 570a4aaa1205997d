package dev.quantgate.worker.llamacpp.schedule;

import dev.quantgate.worker.api.WorkerFailure;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/** Remembers what it was told; has as much credit as the test gives it. */
final class RecordingOutlet implements TokenOutlet {
    final List<Integer> tokens = new ArrayList<>();
    final AtomicInteger credits = new AtomicInteger(Integer.MAX_VALUE);
    final CompletableFuture<String> ended = new CompletableFuture<>();

    @Nullable
    EndCause cause;

    @Nullable
    DecodeFigures figures;

    @Nullable
    WorkerFailure failure;

    int endOfText = -1;
    int stopAt = -1;
    Runnable onToken = () -> {};

    @Override
    public boolean ready() {
        return credits.get() > 0;
    }

    @Override
    public Verdict accept(int token) {
        if (token == endOfText) {
            return Verdict.END_OF_TEXT;
        }
        credits.decrementAndGet();
        tokens.add(token);
        onToken.run();
        return tokens.size() == stopAt ? Verdict.STOPPED : Verdict.GO_ON;
    }

    @Override
    public boolean complete(EndCause endCause, DecodeFigures decodeFigures) {
        requireOpen();
        cause = endCause;
        figures = decodeFigures;
        ended.complete(endCause.name());
        return true;
    }

    @Override
    public boolean flush() {
        return true;
    }

    @Override
    public void fail(WorkerFailure workerFailure) {
        requireOpen();
        failure = workerFailure;
        ended.complete(workerFailure.kind().name());
    }

    private void requireOpen() {
        if (ended.isDone()) {
            throw new AssertionError("ended twice");
        }
    }
}
