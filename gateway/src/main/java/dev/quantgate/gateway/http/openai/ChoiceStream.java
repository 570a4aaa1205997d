package dev.quantgate.gateway.http.openai;

import dev.quantgate.gateway.routing.Inference;
import dev.quantgate.worker.api.CallContext;
import dev.quantgate.worker.api.StreamHandle;
import dev.quantgate.worker.api.StreamSink;
import dev.quantgate.worker.api.WorkerFailure;
import dev.quantgate.worker.api.inference.GenerateEvent;
import dev.quantgate.worker.api.inference.GenerateRequest;
import io.vertx.core.Context;
import io.vertx.core.Vertx;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * The generation behind one choice. Events may come from any thread; they reach the call on its event loop in the order
 * they came. New credit is given at half a window.
 */
final class ChoiceStream implements StreamSink<GenerateEvent> {
    private static final int GRANT_AT = StreamHandle.INITIAL_WINDOW / 2;
    private static final Object END = new Object();

    private final GenerationCall call;
    private final Choice choice;
    private final Context loop = Vertx.currentContext();
    private final Queue<Object> signals = new ConcurrentLinkedQueue<>();
    // Starts at one: signals wait until the stream's handle is known.
    private final AtomicInteger waiting = new AtomicInteger(1);
    private @Nullable StreamHandle stream;
    private int consumed;

    ChoiceStream(GenerationCall call, Choice choice) {
        this.call = call;
        this.choice = choice;
    }

    void start(Inference inference, GenerateRequest request, CallContext context) {
        stream = inference.generate(request, context, this);
        if (waiting.decrementAndGet() > 0) {
            drain();
        }
    }

    void cancel() {
        if (stream != null) {
            stream.cancel();
        }
    }

    /** Gives credit for what was consumed, once it is worth a message. */
    void grant() {
        if (stream != null && consumed >= GRANT_AT) {
            stream.grant(consumed);
            consumed = 0;
        }
    }

    @Override
    public void item(GenerateEvent item) {
        signal(item);
    }

    @Override
    public void end() {
        signal(END);
    }

    @Override
    public void fail(WorkerFailure failure) {
        signal(failure);
    }

    private void signal(Object signal) {
        signals.add(signal);
        if (waiting.getAndIncrement() == 0) {
            if (Vertx.currentContext() == loop) {
                drain();
            } else {
                loop.runOnContext(ignored -> drain());
            }
        }
    }

    private void drain() {
        do {
            var next = signals.poll();
            if (next != null) {
                consume(next);
            }
        } while (waiting.decrementAndGet() > 0);
        call.consumed(this);
    }

    private void consume(Object signal) {
        if (signal instanceof GenerateEvent event) {
            consumed++;
            call.event(choice, event);
        } else if (signal instanceof WorkerFailure failure) {
            call.failed(failure);
        } else {
            call.ended(choice);
        }
    }
}
