package dev.quantgate.worker.bus;

import dev.quantgate.bus.v1.WireBus.Admission;
import dev.quantgate.bus.v1.WireBus.Data;
import dev.quantgate.bus.v1.WireBus.End;
import dev.quantgate.bus.v1.WireBus.Envelope;
import dev.quantgate.bus.v1.WireBus.Hello;
import dev.quantgate.bus.v1.WireBus.Pong;
import dev.quantgate.bus.v1.WireCommon.CallHeader;
import dev.quantgate.worker.api.inference.GenerateEvent;
import io.vertx.core.Vertx;
import io.vertx.core.eventbus.Message;
import io.vertx.core.eventbus.MessageConsumer;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/** A worker made of bare messages, so that tests can send what an endpoint never would, or fall silent. */
final class RawWorker {
    private final Bus bus;
    private final String id;
    private final String nodeId;
    private final String address;
    private final MessageConsumer<Envelope> consumer;
    private final BlockingQueue<Envelope> heard = new LinkedBlockingQueue<>();
    private volatile boolean silent;

    RawWorker(Vertx vertx, String id, String nodeId) {
        this.bus = new Bus(vertx);
        this.id = id;
        this.nodeId = nodeId;
        this.address = BusAddresses.forWorker(id);
        this.consumer = vertx.eventBus().consumer(address, this::receive);
    }

    void hello(boolean leaving) {
        bus.publish(
                BusAddresses.HELLO,
                Envelope.newBuilder()
                        .setHello(Hello.newBuilder()
                                .setStatus(StatusMapping.toWire(Samples.status(id)))
                                .setAddress(address)
                                .setNodeId(nodeId)
                                .setLeaving(leaving))
                        .build());
    }

    void beSilent(boolean next) {
        silent = next;
    }

    void vanish() throws Exception {
        LocalBus.await(consumer.unregister());
    }

    /** The next message that is no ping. */
    Envelope next() throws InterruptedException {
        var message = heard.poll(20, TimeUnit.SECONDS);
        if (message == null) {
            throw new AssertionError("nothing heard");
        }
        return message;
    }

    CallHeader nextOpen() throws InterruptedException {
        return next().getOpen().getHeader();
    }

    void data(CallHeader to, long sequence, String text) {
        bus.send(
                to.getReplyAddress(),
                Envelope.newBuilder()
                        .setData(Data.newBuilder()
                                .setId(to.getId())
                                .setSequence(sequence)
                                .addItems(ItemMapping.toWire(GenerateEvent.Chunk.of(text, 1))))
                        .build());
    }

    void end(CallHeader to, long sequence) {
        bus.send(
                to.getReplyAddress(),
                Envelope.newBuilder()
                        .setEnd(End.newBuilder().setId(to.getId()).setSequence(sequence))
                        .build());
    }

    private void receive(Message<Envelope> message) {
        if (silent) {
            return;
        }
        if (message.body().hasPing()) {
            message.reply(Envelope.newBuilder()
                    .setPong(Pong.newBuilder().setStatus(StatusMapping.toWire(Samples.status(id))))
                    .build());
            return;
        }
        heard.add(message.body());
        if (message.replyAddress() != null) {
            message.reply(Envelope.newBuilder()
                    .setAdmission(
                            Admission.newBuilder().setControlAddress(address).setWorkerId(id))
                    .build());
        }
    }
}
