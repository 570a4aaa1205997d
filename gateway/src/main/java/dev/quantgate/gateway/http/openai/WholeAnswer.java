package dev.quantgate.gateway.http.openai;

import dev.quantgate.worker.api.WorkerFailure;
import dev.quantgate.worker.api.inference.GenerateEvent.Chunk;
import io.vertx.ext.web.RoutingContext;
import java.util.List;
import java.util.Objects;

/** One JSON object, once everything is known. */
final class WholeAnswer implements Answer {
    private final RoutingContext route;
    private final GenerationPlan plan;
    private final AnswerHead head;

    WholeAnswer(RoutingContext route, GenerationPlan plan, AnswerHead head) {
        this.route = route;
        this.plan = plan;
        this.head = head;
    }

    @Override
    public void chunk(Choice choice, Chunk chunk) {
        choice.gather(chunk);
    }

    @Override
    public void completed(Choice choice) {
        // The choice keeps its completion until all have theirs.
    }

    @Override
    public void flush() {
        // Nothing leaves before the end.
    }

    @Override
    public void end(List<Choice> choices) {
        var out = new JsonOut();
        head.write(out.raw("{"), plan.format().wholeObject()).raw(",\"choices\":[");
        for (var choice : choices) {
            out.raw(choice.index == 0 ? "{\"index\":" : ",{\"index\":")
                    .number(choice.index)
                    .raw(",");
            plan.format().whole(out, choice);
            AnswerHead.ending(out, Objects.requireNonNull(choice.completed, "completed"));
            out.raw("}");
        }
        AnswerHead.usage(out.raw("],"), choices, plan.choicesPerPrompt()).raw("}");
        OpenAiReplies.send(route, 200, out);
    }

    @Override
    public void fail(WorkerFailure failure) {
        OpenAiErrors.send(route, failure);
    }

    @Override
    public boolean isFull() {
        return false;
    }

    @Override
    public void onDrain(Runnable drained) {
        drained.run();
    }
}
