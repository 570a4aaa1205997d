package dev.quantgate.gateway.grpc;

import com.google.protobuf.Message;
import dev.quantgate.worker.api.CallContext;
import dev.quantgate.worker.api.StreamHandle;
import dev.quantgate.worker.api.StreamSink;
import dev.quantgate.worker.api.WorkerFailure;
import io.vertx.grpc.server.GrpcServerRequest;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * A call that is answered with a stream. Items may come from any thread; they are written on the call's event loop in
 * the order they came. The sender gets new credit at half a window, and none while the client does not read: so no
 * more than a window of items waits here, whatever the client does.
 */
final class StreamingCall<Q extends Message, P extends Message> extends SingleRequestCall<Q, P>
        implements StreamSink<P> {
    /** Starts a stream; planned failures are thrown or reach the sink. */
    interface Method<Q, P> {
        StreamHandle start(Q request, CallContext context, StreamSink<P> sink);
    }

    private static final int GRANT_AT = StreamHandle.INITIAL_WINDOW / 2;

    private final Method<Q, P> method;
    private final Queue<Runnable> signals = new ConcurrentLinkedQueue<>();
    // Starts at one: signals wait until the stream's handle is known.
    private final AtomicInteger waiting = new AtomicInteger(1);
    private @Nullable StreamHandle stream;
    private int written;
    private boolean blocked;

    StreamingCall(
            GrpcServerRequest<Q, P> request, RequestReader<Q> reader, CallSettings settings, Method<Q, P> method) {
        super(request, reader, settings);
        this.method = method;
    }

    @Override
    void begin(Q message, CallContext call) {
        stream = method.start(message, call, this);
        if (waiting.decrementAndGet() > 0) {
            drain();
        }
    }

    @Override
    public void item(P item) {
        signal(() -> write(item));
    }

    @Override
    public void end() {
        signal(this::succeed);
    }

    @Override
    public void fail(WorkerFailure failure) {
        signal(() -> failed(failure));
    }

    @Override
    void onAbandoned() {
        if (stream != null) {
            stream.cancel();
        }
    }

    private void signal(Runnable signal) {
        signals.add(signal);
        if (waiting.getAndIncrement() == 0) {
            onLoop(this::drain);
        }
    }

    private void drain() {
        do {
            var next = signals.poll();
            if (next != null && !isEnded()) {
                next.run();
            }
        } while (waiting.decrementAndGet() > 0);
    }

    private void write(P item) {
        response.write(item);
        written++;
        if (written >= GRANT_AT && !blocked) {
            grant();
        }
    }

    private void grant() {
        if (response.writeQueueFull()) {
            blocked = true;
            response.drainHandler(drained -> {
                blocked = false;
                grant();
            });
        } else if (stream != null && !isEnded()) {
            var consumed = written;
            written = 0;
            stream.grant(consumed);
        }
    }
}
