package dev.quantgate.worker.bus;

import dev.quantgate.bus.v1.WireBus.Admission;
import dev.quantgate.bus.v1.WireBus.Envelope;
import dev.quantgate.bus.v1.WireBus.Hello;
import dev.quantgate.bus.v1.WireBus.Pong;
import dev.quantgate.bus.v1.WireCommon.CallHeader;
import dev.quantgate.worker.api.Worker;
import dev.quantgate.worker.api.WorkerFailure;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.VerticleBase;
import io.vertx.core.Vertx;
import io.vertx.core.eventbus.Message;
import java.time.Duration;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The mailbox of a worker: stays on its event loop and never blocks, so that a cancel overtakes the work it stops. */
final class EndpointVerticle extends VerticleBase {
    private static final Logger LOG = LoggerFactory.getLogger(EndpointVerticle.class);

    private final Worker worker;
    private final Bus bus;
    private final Liveness liveness;
    private final String workerId;
    private final String address;
    private final Services services;
    private final SilenceClock silence;
    private long ticks;

    EndpointVerticle(Vertx vertx, Worker worker, Liveness liveness) {
        this.worker = worker;
        this.bus = new Bus(vertx);
        this.liveness = liveness;
        this.workerId = worker.status().id();
        this.address = BusAddresses.forWorker(workerId);
        this.services = new Services(liveness.lossTimeout());
        this.silence = new SilenceClock(liveness.tick(), System.nanoTime());
    }

    @Override
    public Future<?> start() {
        vertx.setPeriodic(Math.max(1, liveness.tick().toMillis()), timer -> tick());
        var starter = new Starter(vertx, context, bus, services, worker);
        var inbox = bus.listen(address, message -> receive(message, starter));
        var discoveries = bus.listen(BusAddresses.DISCOVER, message -> sayHello(false));
        return Future.all(inbox, discoveries).onSuccess(v -> sayHello(false));
    }

    @Override
    public Future<?> stop() {
        services.stopAll(Failures.unavailable("worker " + workerId + " is closing"));
        sayHello(true);
        return Future.succeededFuture();
    }

    /** Number of streams and calls that run. */
    Future<Integer> running() {
        Promise<Integer> running = Promise.promise();
        context.runOnContext(v -> running.complete(services.size()));
        return running.future();
    }

    private void tick() {
        ticks++;
        services.tick(silence.elapsed(System.nanoTime()));
        if (ticks % Liveness.TICKS_PER_PING == 0) {
            sayHello(false);
        }
    }

    private void sayHello(boolean leaving) {
        var hello = Hello.newBuilder()
                .setStatus(StatusMapping.toWire(worker.status()))
                .setAddress(address)
                .setProcessId(Bus.PROCESS_ID)
                .setNodeId(bus.nodeId())
                .setLeaving(leaving);
        bus.publish(BusAddresses.HELLO, Envelope.newBuilder().setHello(hello).build());
    }

    private void receive(Message<Envelope> message, Starter starter) {
        var envelope = message.body();
        switch (envelope.getMessageCase()) {
            case OPEN -> admit(message, envelope.getOpen().getHeader(), () -> starter.open(envelope.getOpen()));
            case CALL -> admit(message, envelope.getCall().getHeader(), () -> starter.call(envelope.getCall()));
            case CREDIT -> {
                var credit = envelope.getCredit();
                if (services.find(credit.getReplyAddress(), credit.getId()) instanceof StreamService<?> stream) {
                    stream.grant(credit.getItems());
                }
            }
            case CANCEL -> {
                var cancel = envelope.getCancel();
                var service = services.find(cancel.getReplyAddress(), cancel.getId());
                if (service != null) {
                    service.stop(Failures.cancelled());
                }
            }
            case PING -> {
                services.pinged(envelope.getPing().getReplyAddress());
                message.reply(Envelope.newBuilder()
                        .setPong(Pong.newBuilder().setStatus(StatusMapping.toWire(worker.status())))
                        .build());
            }
            default ->
                LOG.atWarn().addKeyValue("message", envelope.getMessageCase()).log("not a message for a worker");
        }
    }

    private void admit(Message<Envelope> message, CallHeader header, Runnable start) {
        var admission = Admission.newBuilder().setControlAddress(address).setWorkerId(workerId);
        if (header.hasTimeout() && TimeMapping.fromWire(header.getTimeout()).compareTo(Duration.ZERO) <= 0) {
            refuse(message, admission, Failures.deadlineExceeded());
            return;
        }
        try {
            start.run();
            message.reply(Envelope.newBuilder().setAdmission(admission).build());
        } catch (RuntimeException | Error refused) {
            refuse(message, admission, Failures.of(refused, header.getRequestId()));
        }
    }

    private static void refuse(Message<Envelope> message, Admission.Builder admission, WorkerFailure failure) {
        message.reply(Envelope.newBuilder()
                .setAdmission(admission.setFailure(FailureMapping.toWire(failure)))
                .build());
    }
}
