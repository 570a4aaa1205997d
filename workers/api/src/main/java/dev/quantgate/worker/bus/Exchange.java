package dev.quantgate.worker.bus;

import dev.quantgate.bus.v1.WireBus.Admission;
import dev.quantgate.bus.v1.WireBus.Cancel;
import dev.quantgate.bus.v1.WireBus.Envelope;
import dev.quantgate.bus.v1.WireCommon.CallHeader;
import dev.quantgate.worker.api.CallContext;
import dev.quantgate.worker.api.FailureKind;
import dev.quantgate.worker.api.WorkerFailure;
import io.vertx.core.Context;
import io.vertx.core.Vertx;
import io.vertx.core.eventbus.ReplyException;
import io.vertx.core.eventbus.ReplyFailure;
import org.jspecify.annotations.Nullable;

/**
 * One stream or call at the gateway's end, from its opening message to its only end. State belongs to the Vert.x
 * context that started it; methods that other threads may call hop there.
 */
abstract sealed class Exchange permits StreamExchange, CallExchange {
    private final Gateway gateway;
    private final WorkerLink link;
    private final CallContext call;
    private final Context context;
    private final long id;
    private String controlAddress;
    private boolean opened;
    private boolean ended;
    private @Nullable Long deadlineTimer;

    Exchange(Gateway gateway, WorkerLink link, CallContext call) {
        this.gateway = gateway;
        this.link = link;
        this.call = call;
        this.context = gateway.vertx().getOrCreateContext();
        this.id = gateway.inFlight().nextId();
        this.controlAddress = link.address();
    }

    final long id() {
        return id;
    }

    final WorkerLink link() {
        return link;
    }

    final String requestId() {
        return call.requestId();
    }

    final boolean ended() {
        return ended;
    }

    /** Header of the opening message. */
    final CallHeader header() {
        var header = CallHeader.newBuilder()
                .setId(id)
                .setReplyAddress(gateway.address())
                .setRequestId(call.requestId())
                .setClient(call.client());
        if (hasDeadline()) {
            header.setTimeout(TimeMapping.toWire(call.timeout()));
        }
        return header.build();
    }

    /** Sends the opening message; whatever happens, the end is heard later and never inside this call. */
    final void start(Envelope opening) {
        // In this order: a worker that is lost meanwhile either finds the exchange here, or is found lost in open().
        gateway.inFlight().add(this);
        call.cancellation().onCancel(this::cancel);
        context.runOnContext(v -> open(opening));
    }

    /** Gives up: ends with CANCELLED and stops the work at the worker. */
    public final void cancel() {
        fail(Failures.cancelled());
    }

    /** Ends with {@code failure} and stops the work at the worker. */
    final void fail(WorkerFailure failure) {
        context.runOnContext(v -> abandon(failure));
    }

    /** Takes a message of this exchange from the bus. */
    final void receive(Envelope message) {
        context.runOnContext(v -> {
            if (!ended) {
                take(message);
            }
        });
    }

    /** Runs {@code task} in the context of this exchange: at once if the caller is there. */
    final void execute(Runnable task) {
        if (Context.isOnEventLoopThread() && Vertx.currentContext() == context) {
            task.run();
        } else {
            context.runOnContext(v -> task.run());
        }
    }

    final void sendControl(Envelope message) {
        gateway.bus().send(controlAddress, message);
    }

    final String replyAddress() {
        return gateway.address();
    }

    /** Marks the end that the worker told. Returns false if the exchange had ended before. */
    final boolean close() {
        if (ended) {
            return false;
        }
        ended = true;
        gateway.inFlight().remove(this);
        if (deadlineTimer != null) {
            gateway.vertx().cancelTimer(deadlineTimer);
        }
        return true;
    }

    /** Ends with {@code failure} here, and stops the work at the worker. */
    final void abandon(WorkerFailure failure) {
        if (close()) {
            if (opened) {
                sendCancel();
            }
            deliver(failure);
        }
    }

    /** Takes a message while the exchange lives. */
    abstract void take(Envelope message);

    /** Tells the caller why it ended. */
    abstract void deliver(WorkerFailure failure);

    private void open(Envelope opening) {
        if (ended) {
            return;
        }
        if (link.lost()) {
            abandon(Failures.unavailable("worker " + link.workerId() + " is lost"));
            return;
        }
        if (call.timeout().isNegative() || call.timeout().isZero()) {
            abandon(Failures.deadlineExceeded());
            return;
        }
        if (hasDeadline()) {
            deadlineTimer = gateway.vertx()
                    .setTimer(Math.max(1, call.timeout().toMillis()), timer -> abandon(Failures.deadlineExceeded()));
        }
        opened = true;
        gateway.bus()
                .request(controlAddress, opening, gateway.liveness().admissionTimeout())
                .onSuccess(reply -> admitted(reply.getAdmission()))
                .onFailure(this::unanswered);
    }

    private void admitted(Admission admission) {
        if (admission.hasFailure()) {
            if (close()) {
                deliver(FailureMapping.fromWire(admission.getFailure()));
            }
        } else {
            controlAddress = admission.getControlAddress();
        }
    }

    private void unanswered(Throwable cause) {
        var silent = cause instanceof ReplyException reply && reply.failureType() == ReplyFailure.TIMEOUT;
        var failure = Failures.ofRequest(cause, link.workerId(), call.requestId());
        if (silent && failure.kind() == FailureKind.UNAVAILABLE) {
            // It may still take the request later: the cancel arrives behind it.
            abandon(failure);
        } else if (close()) {
            deliver(failure);
        }
    }

    private void sendCancel() {
        sendControl(Envelope.newBuilder()
                .setCancel(
                        Cancel.newBuilder().setReplyAddress(gateway.address()).setId(id))
                .build());
    }

    private boolean hasDeadline() {
        return call.timeout().compareTo(CallContext.NO_TIMEOUT) < 0;
    }
}
