package dev.quantgate.worker.llamacpp.generate;

import dev.quantgate.natives.llama.LlamaModel;
import dev.quantgate.worker.api.CallContext;
import dev.quantgate.worker.api.FailureKind;
import dev.quantgate.worker.api.StreamHandle;
import dev.quantgate.worker.api.StreamSink;
import dev.quantgate.worker.api.WorkerException;
import dev.quantgate.worker.api.WorkerFailure;
import dev.quantgate.worker.api.inference.GenerateEvent;
import dev.quantgate.worker.api.inference.GenerateRequest;
import dev.quantgate.worker.api.inference.Speculation;
import dev.quantgate.worker.llamacpp.schedule.AdapterSet;
import dev.quantgate.worker.llamacpp.schedule.DecodeLoop;
import dev.quantgate.worker.llamacpp.schedule.DecodeRequest;
import dev.quantgate.worker.llamacpp.session.Session;
import dev.quantgate.worker.llamacpp.session.Sessions;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Generations of one model. A request is checked on the caller's thread, made ready on a thread of its own kind, so that
 * rendering and tokenising never hold up decoding, and computed by the decode loop.
 */
public final class Generations implements AutoCloseable {
    private static final Logger LOGGER = LoggerFactory.getLogger(Generations.class);

    /** What a request gets that comes while the model is being closed. */
    public static final WorkerFailure UNLOADING =
            WorkerFailure.of(FailureKind.UNAVAILABLE, "the model is being unloaded");

    private final Pieces pieces;
    private final ChatRendering chats;
    private final RequestPreparation preparation;
    private final RequestGate gate;
    private final DecodeLoop loop;
    private final Executor preparer;
    private final int contextTokens;
    private final AdapterChoice choice;
    private final LoraAdapters adapters;
    private final Sessions sessions;

    /** The preparer must run one task at a time; the engine is the loop's. */
    public Generations(
            LlamaModel model,
            int contextTokens,
            RequestGate gate,
            DecodeLoop loop,
            Executor preparer,
            AdapterChoice choice,
            LlamaDecodeEngine engine,
            Sessions sessions) {
        this.sessions = sessions;
        this.choice = choice;
        this.adapters = engine.adapters();
        this.gate = gate;
        this.loop = loop;
        this.preparer = preparer;
        this.contextTokens = contextTokens;
        pieces = new Pieces(model.vocabulary());
        chats = new ChatRendering(model);
        preparation = new RequestPreparation(model.vocabulary(), chats, contextTokens);
    }

    /**
     * Starts a generation.
     *
     * @throws WorkerException INVALID_REQUEST, UNSUPPORTED, QUEUE_FULL, UNAVAILABLE, DEADLINE_EXCEEDED
     */
    public StreamHandle start(GenerateRequest request, CallContext context, StreamSink<GenerateEvent> sink) {
        var arrivedAt = System.nanoTime();
        if (context.timeout().isNegative() || context.timeout().isZero()) {
            throw WorkerFailure.of(FailureKind.DEADLINE_EXCEEDED, "the deadline had passed on arrival")
                    .asException();
        }
        preparation.check(request);
        sessions.require(request.session());
        gate.enter();
        var events = new EventQueue(sink);
        var handle = new GenerationHandle(loop, events);
        context.cancellation().onCancel(handle::cancel);
        try {
            preparer.execute(() -> prepare(request, context, arrivedAt, events, handle));
        } catch (RejectedExecutionException e) {
            gate.leave(0);
            throw new WorkerException(UNLOADING, e);
        }
        return handle;
    }

    private void prepare(
            GenerateRequest request, CallContext context, long arrivedAt, EventQueue events, GenerationHandle handle) {
        try {
            if (handle.cancelled()) {
                throw WorkerFailure.of(FailureKind.CANCELLED, "the caller cancelled")
                        .asException();
            }
            var wanted = choice.resolve(request.adapters());
            var session = sessions.open(request.session(), LoraAdapters.setOf(wanted));
            var start = new Start(request, context, arrivedAt, events, handle, preparation.prepare(request), session);
            if (wanted.isEmpty()) {
                submit(start, AdapterSet.NONE);
            } else {
                loop.execute(new AdapterLoading(
                        adapters, wanted, set -> submit(start, set), failure -> refuse(start, failure)));
            }
        } catch (RuntimeException e) {
            gate.leave(System.nanoTime() - arrivedAt);
            events.fail(WorkerFailure.find(e).orElseGet(() -> unplanned(context, e)));
        }
    }

    /** A request that is ready, but for its adapters. */
    private record Start(
            GenerateRequest request,
            CallContext context,
            long arrivedAt,
            EventQueue events,
            GenerationHandle handle,
            Prepared prepared,
            Session session) {}

    private void submit(Start start, AdapterSet set) {
        var prepared = start.prepared();
        var options = start.request().options();
        var stream = new GenerationStream(prepared, pieces, start.events(), start.session(), () -> {
            adapters.release(set);
            gate.leave(System.nanoTime() - start.arrivedAt());
        });
        var decode = new DecodeRequest(new DecodeRequest.Spec(
                prepared.tokens(),
                prepared.maxTokens(),
                contextTokens,
                options.shiftContext(),
                preparation.keptTokens(),
                options.priority(),
                start.context().client(),
                options.speculation() != Speculation.OFF,
                start.arrivedAt(),
                start.arrivedAt() + start.context().timeout().toNanos(),
                prepared.sampler(),
                stream,
                set,
                start.session().saved(),
                start.session().keeper()));
        if (!start.handle().submit(decode)) {
            stream.fail(WorkerFailure.of(FailureKind.CANCELLED, "the caller cancelled"));
        }
    }

    private void refuse(Start start, WorkerFailure failure) {
        start.prepared().close();
        gate.leave(System.nanoTime() - start.arrivedAt());
        start.events().fail(failure);
    }

    private static WorkerFailure unplanned(CallContext context, RuntimeException e) {
        LOGGER.atError()
                .addKeyValue("requestId", context.requestId())
                .setCause(e)
                .log("a request could not be prepared");
        return WorkerFailure.of(FailureKind.INTERNAL, "the request could not be prepared");
    }

    @Override
    public void close() {
        chats.close();
    }
}
