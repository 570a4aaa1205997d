package dev.quantgate.gateway.http.openai;

import dev.quantgate.gateway.routing.Inference;
import dev.quantgate.worker.api.CallContext;
import dev.quantgate.worker.api.FailureKind;
import dev.quantgate.worker.api.WorkerFailure;
import dev.quantgate.worker.api.inference.GenerateEvent;
import io.vertx.ext.web.RoutingContext;
import java.util.List;
import java.util.stream.IntStream;

/**
 * One request for generated text, from its start to its end: as many generations as it has choices, which end together
 * if one fails or the client is gone. Lives on the request's event loop.
 */
final class GenerationCall {
    private final CallContext context;
    private final GenerationPlan plan;
    private final Answer answer;
    private final List<Choice> choices;
    private final List<ChoiceStream> streams;
    private int open;
    private boolean over;
    private boolean paused;

    GenerationCall(RoutingContext route, CallContext context, GenerationPlan plan) {
        this.context = context;
        this.plan = plan;
        var head = new AnswerHead(
                plan.format().idPrefix() + context.requestId(), System.currentTimeMillis() / 1000, plan.model());
        this.answer = plan.stream() ? new StreamedAnswer(route, plan, head) : new WholeAnswer(route, plan, head);
        this.choices =
                IntStream.range(0, plan.requests().size()).mapToObj(Choice::new).toList();
        this.streams =
                choices.stream().map(choice -> new ChoiceStream(this, choice)).toList();
        this.open = choices.size();
        route.addEndHandler(gone -> abandon());
    }

    void start(Inference inference) {
        for (int i = 0; i < streams.size() && !over; i++) {
            streams.get(i).start(inference, plan.requests().get(i), context);
        }
    }

    void event(Choice choice, GenerateEvent event) {
        if (over) {
            return;
        }
        if (event instanceof GenerateEvent.Chunk chunk) {
            answer.chunk(choice, chunk);
        } else {
            choice.completed = (GenerateEvent.Completed) event;
            answer.completed(choice);
            if (--open == 0) {
                over = true;
                answer.end(choices);
            }
        }
    }

    /** The choice's stream has ended, which it may not do before its completion. */
    void ended(Choice choice) {
        if (choice.completed == null) {
            failed(WorkerFailure.of(FailureKind.DATA_LOSS, "the text ended without its completion"));
        }
    }

    void failed(WorkerFailure failure) {
        if (!over) {
            over = true;
            stop();
            answer.fail(failure);
        }
    }

    /** Sends what came, and lets the stream go on unless the client does not read. */
    void consumed(ChoiceStream stream) {
        if (over) {
            return;
        }
        answer.flush();
        if (!paused && !answer.isFull()) {
            stream.grant();
        } else if (!paused) {
            paused = true;
            answer.onDrain(() -> {
                paused = false;
                streams.forEach(ChoiceStream::grant);
            });
        }
    }

    private void abandon() {
        if (!over) {
            over = true;
            stop();
        }
    }

    private void stop() {
        context.cancellation().cancel();
        streams.forEach(ChoiceStream::cancel);
    }
}
