package dev.quantgate.worker.llamacpp;

import dev.quantgate.worker.api.CallContext;
import dev.quantgate.worker.api.Cancellation;
import dev.quantgate.worker.api.StreamHandle;
import dev.quantgate.worker.api.StreamSink;
import dev.quantgate.worker.api.WorkerFailure;
import dev.quantgate.worker.api.backend.LoadedModel;
import dev.quantgate.worker.api.inference.GenerateEvent;
import dev.quantgate.worker.api.inference.GenerateRequest;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/** A receiver that collects a stream and, unless told otherwise, grants a credit for each item. */
final class TestStream implements StreamSink<GenerateEvent> {
    private final List<GenerateEvent.Chunk> chunks = new ArrayList<>();
    private final CompletableFuture<GenerateEvent.Completed> completed = new CompletableFuture<>();
    private final CompletableFuture<WorkerFailure> failed = new CompletableFuture<>();
    private final CountDownLatch firstItem = new CountDownLatch(1);
    private final Cancellation cancellation = new Cancellation();
    private final AtomicInteger owed = new AtomicInteger();
    private volatile @Nullable StreamHandle handle;
    private boolean granting = true;
    GenerateEvent.@Nullable Completed last;

    static TestStream start(LoadedModel model, GenerateRequest request) {
        return new TestStream().run(model, request, CallContext.NO_TIMEOUT);
    }

    TestStream withoutCredit() {
        granting = false;
        return this;
    }

    TestStream run(LoadedModel model, GenerateRequest request, Duration timeout) {
        handle = model.generate(request, new CallContext("test", timeout, "", cancellation), this);
        grantOwed();
        return this;
    }

    StreamHandle handle() {
        var started = handle;
        if (started == null) {
            throw new IllegalStateException("not started");
        }
        return started;
    }

    Cancellation cancellation() {
        return cancellation;
    }

    void awaitFirstItem() throws InterruptedException {
        if (!firstItem.await(30, TimeUnit.SECONDS)) {
            throw new AssertionError("no item came");
        }
    }

    @Override
    public void item(GenerateEvent item) {
        if (item instanceof GenerateEvent.Chunk chunk) {
            synchronized (chunks) {
                chunks.add(chunk);
            }
        } else if (item instanceof GenerateEvent.Completed end) {
            last = end;
        }
        firstItem.countDown();
        if (granting) {
            owed.incrementAndGet();
            grantOwed();
        }
    }

    /** Items may come before the caller has the handle by which to grant credit for them. */
    private void grantOwed() {
        var started = handle;
        if (started != null) {
            var credits = owed.getAndSet(0);
            if (credits > 0) {
                started.grant(credits);
            }
        }
    }

    @Override
    public void end() {
        if (last == null) {
            throw new AssertionError("ended without completion");
        }
        completed.complete(last);
    }

    @Override
    public void fail(WorkerFailure failure) {
        failed.complete(failure);
        completed.completeExceptionally(failure.asException());
    }

    GenerateEvent.Completed completed() throws Exception {
        return completed.get(60, TimeUnit.SECONDS);
    }

    WorkerFailure failure() throws Exception {
        return failed.get(60, TimeUnit.SECONDS);
    }

    List<GenerateEvent.Chunk> chunks() {
        synchronized (chunks) {
            return List.copyOf(chunks);
        }
    }

    String text() throws Exception {
        completed();
        var text = new StringBuilder();
        chunks().forEach(chunk -> text.append(chunk.text()));
        return text.toString();
    }
}
