package dev.quantgate.worker.bus;

import dev.quantgate.bus.v1.WireBus.Envelope;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.eventbus.DeliveryOptions;
import io.vertx.core.eventbus.EventBus;
import io.vertx.core.eventbus.Message;
import io.vertx.core.internal.VertxInternal;
import java.time.Duration;
import java.util.UUID;
import java.util.function.Consumer;

/** The event bus of one Vert.x instance as both ends use it: it carries nothing but envelopes. */
final class Bus {
    /** Id of this process. */
    static final String PROCESS_ID = UUID.randomUUID().toString();

    private final Vertx vertx;
    private final EventBus eventBus;

    Bus(Vertx vertx) {
        EnvelopeCodec.register(vertx);
        this.vertx = vertx;
        this.eventBus = vertx.eventBus();
    }

    /** Id of this node in its cluster, or empty. */
    String nodeId() {
        // The public API does not tell a node its own id.
        return vertx.isClustered() ? ((VertxInternal) vertx).clusterManager().getNodeId() : "";
    }

    /** Sends to the one listener of an address; messages from one thread to one address arrive in order. */
    void send(String address, Envelope envelope) {
        eventBus.send(address, envelope);
    }

    /** Sends to all listeners of an address. */
    void publish(String address, Envelope envelope) {
        eventBus.publish(address, envelope);
    }

    /** Sends and waits for the reply; fails with {@link io.vertx.core.eventbus.ReplyException}. */
    Future<Envelope> request(String address, Envelope envelope, Duration timeout) {
        return eventBus.<Envelope>request(
                        address, envelope, new DeliveryOptions().setSendTimeout(Math.max(1, timeout.toMillis())))
                .map(Message::body);
    }

    /** Listens in the current context; completes when the whole cluster knows. */
    Future<Void> listen(String address, Consumer<Message<Envelope>> listener) {
        return eventBus.<Envelope>consumer(address, listener::accept).completion();
    }
}
