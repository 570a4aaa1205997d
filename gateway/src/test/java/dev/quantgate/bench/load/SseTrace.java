package dev.quantgate.bench.load;

import io.vertx.core.buffer.Buffer;
import io.vertx.core.json.JsonObject;
import io.vertx.core.parsetools.RecordParser;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/** Notes when the events of a server-sent stream come; looks into an event only for text and the final count. */
final class SseTrace {
    private static final String PREFIX = "data: ";
    private static final String DONE = "[DONE]";

    private final CompletableFuture<Trace> trace = new CompletableFuture<>();
    private final EventTimes events = new EventTimes();
    private final RecordParser lines = RecordParser.newDelimited("\n", this::line);
    private long sentNanos;
    private int tokens;

    void start() {
        sentNanos = System.nanoTime();
    }

    CompletionStage<Trace> trace() {
        return trace;
    }

    void received(Buffer data) {
        lines.handle(data);
    }

    void fail(Throwable failure) {
        trace.completeExceptionally(failure);
    }

    void end() {
        if (events.count() == 0) {
            fail(new IllegalStateException("the answer had no text"));
        } else if (tokens == 0) {
            fail(new IllegalStateException("the answer had no usage"));
        } else {
            trace.complete(new Trace(sentNanos, events, System.nanoTime(), tokens));
        }
    }

    private void line(Buffer line) {
        var text = line.toString().strip();
        if (!text.startsWith(PREFIX) || text.endsWith(DONE)) {
            return;
        }
        var event = new JsonObject(text.substring(PREFIX.length()));
        if (event.containsKey("error")) {
            fail(new IllegalStateException("the stream ended with " + event.getValue("error")));
            return;
        }
        if (hasText(event)) {
            events.now();
        }
        var usage = event.getJsonObject("usage");
        if (usage != null) {
            tokens = usage.getInteger("completion_tokens", 0);
        }
    }

    private static boolean hasText(JsonObject event) {
        var choices = event.getJsonArray("choices");
        if (choices == null || choices.isEmpty()) {
            return false;
        }
        var choice = choices.getJsonObject(0);
        var delta = choice.getJsonObject("delta", choice);
        var text = delta.getString("text", delta.getString("content"));
        return text != null && !text.isEmpty();
    }
}
