package dev.quantgate.gateway.http.openai;

import dev.quantgate.worker.api.WorkerFailure;
import dev.quantgate.worker.api.inference.GenerateEvent.Chunk;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.ext.web.RoutingContext;
import java.util.List;
import java.util.Objects;

/**
 * Server-sent events. The headers leave with the first event, so that a failure before it still has its own status. All
 * events that are ready at once leave in one write.
 */
final class StreamedAnswer implements Answer {
    private static final CharSequence EVENT_STREAM = HttpHeaders.createOptimized("text/event-stream; charset=utf-8");
    private static final CharSequence NO_CACHE = HttpHeaders.createOptimized("no-cache");
    private static final byte[] DATA = JsonOut.ascii("data: {");
    private static final byte[] COMMA = JsonOut.ascii(",");
    private static final byte[] GOES_ON = JsonOut.ascii(",\"finish_reason\":null");
    private static final byte[] DONE = JsonOut.ascii("data: [DONE]\n\n");

    private final RoutingContext route;
    private final HttpServerResponse response;
    private final GenerationPlan plan;
    private final AnswerFormat format;
    private final JsonOut out = new JsonOut();
    private final byte[] head;
    private final byte[] tail;
    private boolean headersSent;

    StreamedAnswer(RoutingContext route, GenerationPlan plan, AnswerHead head) {
        this.route = route;
        this.response = route.response();
        this.plan = plan;
        this.format = plan.format();
        head.write(out.raw(DATA), format.eventObject());
        this.head = out.raw(",\"choices\":[").take().getBytes();
        this.tail = JsonOut.ascii(plan.includeUsage() ? "}],\"usage\":null}\n\n" : "}]}\n\n");
    }

    @Override
    public void chunk(Choice choice, Chunk chunk) {
        if (format.shows(chunk)) {
            begin(choice);
            format.part(out, choice, chunk);
            choice.started = true;
            out.raw(GOES_ON).raw(tail);
        }
    }

    @Override
    public void completed(Choice choice) {
        begin(choice);
        format.emptyPart(out, choice);
        choice.started = true;
        AnswerHead.ending(out, Objects.requireNonNull(choice.completed, "completed"));
        out.raw(tail);
    }

    private void begin(Choice choice) {
        out.raw(head).raw("{\"index\":").number(choice.index).raw(COMMA);
    }

    @Override
    public void flush() {
        if (!out.isEmpty()) {
            sendHeaders();
            response.write(out.take());
        }
    }

    @Override
    public void end(List<Choice> choices) {
        if (plan.includeUsage()) {
            AnswerHead.usage(out.raw(head).raw("],"), choices, plan.choicesPerPrompt())
                    .raw("}\n\n");
        }
        sendHeaders();
        response.end(out.raw(DONE).take());
    }

    @Override
    public void fail(WorkerFailure failure) {
        if (!headersSent) {
            OpenAiErrors.send(route, failure);
            return;
        }
        // No [DONE] after it: a client that takes no notice of the error must not take the text for whole.
        OpenAiErrors.write(out.raw("data: "), failure);
        response.end(out.raw("\n\n").take());
    }

    @Override
    public boolean isFull() {
        return response.writeQueueFull();
    }

    @Override
    public void onDrain(Runnable drained) {
        response.drainHandler(now -> drained.run());
    }

    private void sendHeaders() {
        if (!headersSent) {
            headersSent = true;
            response.setChunked(true)
                    .putHeader(HttpHeaders.CONTENT_TYPE, EVENT_STREAM)
                    .putHeader(HttpHeaders.CACHE_CONTROL, NO_CACHE);
        }
    }
}
