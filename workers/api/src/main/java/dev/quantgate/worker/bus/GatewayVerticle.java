package dev.quantgate.worker.bus;

import dev.quantgate.bus.v1.WireBus.Discover;
import dev.quantgate.bus.v1.WireBus.Envelope;
import dev.quantgate.bus.v1.WireBus.Ping;
import dev.quantgate.worker.api.WorkerDirectory.ConnectedWorker;
import io.vertx.core.Future;
import io.vertx.core.VerticleBase;
import io.vertx.core.Vertx;
import java.time.Clock;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The mailbox of a gateway: hears workers, pings them and hands messages to the exchanges they belong to. */
final class GatewayVerticle extends VerticleBase {
    private static final Logger LOG = LoggerFactory.getLogger(GatewayVerticle.class);
    private static final long FIRST_PING_RETRY_MILLIS = 50;

    private final Gateway gateway;
    private final Roster roster;
    private final SilenceClock silence;
    private final List<Runnable> listeners = new CopyOnWriteArrayList<>();
    private long ticks;

    GatewayVerticle(Vertx vertx, Liveness liveness) {
        this.gateway = new Gateway(vertx, new Bus(vertx), BusAddresses.forGateway(), new InFlight(), liveness);
        this.roster = new Roster(gateway, this::ping, this::notifyListeners, Clock.systemUTC());
        this.silence = new SilenceClock(liveness.tick(), System.nanoTime());
    }

    @Override
    public Future<?> start() {
        vertx.setPeriodic(Math.max(1, gateway.liveness().tick().toMillis()), timer -> tick());
        var inbox = gateway.bus().listen(gateway.address(), message -> receive(message.body()));
        var hellos = gateway.bus()
                .listen(
                        BusAddresses.HELLO,
                        message -> roster.hello(message.body().getHello()));
        return Future.all(inbox, hellos)
                .onSuccess(v -> gateway.bus()
                        .publish(
                                BusAddresses.DISCOVER,
                                Envelope.newBuilder()
                                        .setDiscover(Discover.getDefaultInstance())
                                        .build()));
    }

    @Override
    public Future<?> stop() {
        roster.clear();
        gateway.inFlight().failAll(exchange -> true, Failures.unavailable("the gateway is closing"));
        return Future.succeededFuture();
    }

    List<ConnectedWorker> workers() {
        return roster.connected();
    }

    void onChange(Runnable listener) {
        listeners.add(listener);
    }

    void nodeLeft(String nodeId) {
        context.runOnContext(v -> roster.nodeLeft(nodeId));
    }

    Gateway gateway() {
        return gateway;
    }

    private void tick() {
        ticks++;
        roster.tick(silence.elapsed(System.nanoTime()), ticks % Liveness.TICKS_PER_PING == 0);
    }

    private void ping(WorkerLink link) {
        var ping = Envelope.newBuilder()
                .setPing(Ping.newBuilder().setReplyAddress(gateway.address()))
                .build();
        gateway.bus()
                .request(link.address(), ping, gateway.liveness().lossTimeout())
                .onSuccess(reply ->
                        roster.pong(link, StatusMapping.fromWire(reply.getPong().getStatus())))
                .onFailure(cause -> {
                    // In a cluster a hello can overtake the news of where its sender listens.
                    if (roster.awaits(link)) {
                        vertx.setTimer(FIRST_PING_RETRY_MILLIS, timer -> {
                            if (roster.awaits(link)) {
                                ping(link);
                            }
                        });
                    }
                });
    }

    private void receive(Envelope message) {
        var id = switch (message.getMessageCase()) {
            case DATA -> message.getData().getId();
            case END -> message.getEnd().getId();
            case CALL_REPLY -> message.getCallReply().getId();
            default -> 0L;
        };
        var exchange = gateway.inFlight().find(id);
        // Nobody waits any more for what comes after an end: that is how a cancelled stream looks from here.
        if (exchange != null) {
            exchange.receive(message);
        }
    }

    private void notifyListeners() {
        for (var listener : listeners) {
            try {
                listener.run();
            } catch (RuntimeException bug) {
                LOG.atError().setCause(bug).log("a listener of the worker directory failed");
            }
        }
    }
}
