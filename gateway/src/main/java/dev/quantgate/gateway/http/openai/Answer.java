package dev.quantgate.gateway.http.openai;

import dev.quantgate.worker.api.WorkerFailure;
import dev.quantgate.worker.api.inference.GenerateEvent.Chunk;
import java.util.List;

/** How the choices of a request reach its client: as they come, or all at once. Lives on one event loop. */
interface Answer {
    void chunk(Choice choice, Chunk chunk);

    /** The choice has its completion. */
    void completed(Choice choice);

    /** Sends what waits, if it may be sent now. */
    void flush();

    /** Every choice is complete: sends the rest. */
    void end(List<Choice> choices);

    /** Sends the failure in whatever form is still possible. */
    void fail(WorkerFailure failure);

    /** True while the client does not read. */
    boolean isFull();

    /** Calls {@code drained} once the client reads again. */
    void onDrain(Runnable drained);
}
