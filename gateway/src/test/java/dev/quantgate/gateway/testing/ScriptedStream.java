package dev.quantgate.gateway.testing;

import dev.quantgate.worker.api.StreamHandle;
import dev.quantgate.worker.api.StreamSink;
import dev.quantgate.worker.api.WorkerFailure;
import dev.quantgate.worker.api.inference.GenerateEvent;
import java.util.Collections;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/** A generation that says what a test has written down, on a thread of its own, as fast as its credit allows. */
public final class ScriptedStream implements StreamHandle {
    private final StreamSink<GenerateEvent> sink;
    private final Iterator<GenerateEvent> script;
    private final Runnable ending;
    private final ExecutorService thread = Executors.newSingleThreadExecutor(task -> {
        var made = new Thread(task, "scripted-stream");
        made.setDaemon(true);
        return made;
    });
    private final CompletableFuture<Void> cancelled = new CompletableFuture<>();
    private long credit = INITIAL_WINDOW;
    private final AtomicLong sent = new AtomicLong();
    private boolean over;

    private ScriptedStream(StreamSink<GenerateEvent> sink, Iterator<GenerateEvent> script, Runnable ending) {
        this.sink = sink;
        this.script = script;
        this.ending = ending;
        thread.execute(this::advance);
    }

    /** Sends the events and ends. */
    public static ScriptedStream of(StreamSink<GenerateEvent> sink, GenerateEvent... events) {
        return new ScriptedStream(sink, List.of(events).iterator(), sink::end);
    }

    /** Sends {@code count} chunks {@code #0}, {@code #1} and so on, then the completion. */
    public static ScriptedStream numbered(StreamSink<GenerateEvent> sink, int count) {
        var chunks = IntStream.range(0, count).<GenerateEvent>mapToObj(i -> GenerateEvent.Chunk.of("#" + i, 1));
        return new ScriptedStream(
                sink, Stream.concat(chunks, Stream.of(Records.COMPLETED)).iterator(), sink::end);
    }

    /** Sends chunks of {@code text} without end. */
    public static ScriptedStream endless(StreamSink<GenerateEvent> sink, String text) {
        return new ScriptedStream(
                sink,
                Stream.<GenerateEvent>generate(() -> GenerateEvent.Chunk.of(text, 1))
                        .iterator(),
                sink::end);
    }

    /** Sends nothing, ever. */
    public static ScriptedStream silent(StreamSink<GenerateEvent> sink) {
        return new ScriptedStream(sink, Collections.emptyIterator(), () -> {});
    }

    /** Fails at once. */
    public static ScriptedStream failing(StreamSink<GenerateEvent> sink, WorkerFailure failure) {
        return new ScriptedStream(sink, Collections.emptyIterator(), () -> sink.fail(failure));
    }

    /** Items sent so far. */
    public long sent() {
        return sent.get();
    }

    /** Completes when the gateway gives the stream up. */
    public CompletableFuture<Void> cancelled() {
        return cancelled;
    }

    @Override
    public void grant(int items) {
        thread.execute(() -> {
            credit += items;
            advance();
        });
    }

    @Override
    public void cancel() {
        cancelled.complete(null);
        thread.execute(() -> over = true);
        thread.shutdown();
    }

    private void advance() {
        while (!over && credit > 0) {
            if (!script.hasNext()) {
                over = true;
                ending.run();
                return;
            }
            credit--;
            sink.item(script.next());
            sent.incrementAndGet();
        }
    }
}
