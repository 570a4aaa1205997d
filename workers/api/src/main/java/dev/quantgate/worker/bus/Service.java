package dev.quantgate.worker.bus;

import dev.quantgate.bus.v1.WireBus.Envelope;
import dev.quantgate.bus.v1.WireCommon.CallHeader;
import dev.quantgate.worker.api.CallContext;
import dev.quantgate.worker.api.Cancellation;
import dev.quantgate.worker.api.WorkerFailure;
import io.vertx.core.Vertx;
import org.jspecify.annotations.Nullable;

/** One stream or call at the worker's end, until its only end. Confined to the endpoint's context. */
abstract sealed class Service permits StreamService, CallService {
    private final Vertx vertx;
    private final Bus bus;
    private final Services services;
    private final CallHeader header;
    private final CallContext call;
    private boolean ended;
    private @Nullable Long deadlineTimer;

    Service(Vertx vertx, Bus bus, Services services, CallHeader header) {
        this.vertx = vertx;
        this.bus = bus;
        this.services = services;
        this.header = header;
        this.call = new CallContext(
                header.getRequestId(),
                header.hasTimeout() ? TimeMapping.fromWire(header.getTimeout()) : CallContext.NO_TIMEOUT,
                header.getClient(),
                new Cancellation());
    }

    final CallHeader header() {
        return header;
    }

    /** What the worker hears of the call. */
    final CallContext call() {
        return call;
    }

    final boolean ended() {
        return ended;
    }

    final Vertx vertx() {
        return vertx;
    }

    /** Enters the register and starts the clock of the deadline. */
    final void begin() {
        services.add(this);
        if (header.hasTimeout()) {
            deadlineTimer =
                    vertx.setTimer(Math.max(1, call.timeout().toMillis()), timer -> stop(Failures.deadlineExceeded()));
        }
    }

    /** Leaves the register. Returns false if it had ended before. */
    final boolean close() {
        if (ended) {
            return false;
        }
        ended = true;
        services.remove(this);
        if (deadlineTimer != null) {
            vertx.cancelTimer(deadlineTimer);
        }
        return true;
    }

    final void sendToGateway(Envelope message) {
        bus.send(header.getReplyAddress(), message);
    }

    /** Stops the work and ends with {@code failure}. */
    final void stop(WorkerFailure failure) {
        if (close()) {
            sendFailure(failure);
            call.cancellation().cancel();
            stopWork();
        }
    }

    /** Tells the gateway why it ended. */
    abstract void sendFailure(WorkerFailure failure);

    /** Stops what the cancellation does not reach. */
    abstract void stopWork();
}
