package dev.quantgate.worker.bus;

import dev.quantgate.worker.api.WorkerFailure;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The streams and calls that run at an endpoint, by gateway, and how long each gateway has been silent. Confined to
 * the endpoint's context.
 */
final class Services {
    private final Duration lossTimeout;
    private final Map<String, Peer> peers = new HashMap<>();

    Services(Duration lossTimeout) {
        this.lossTimeout = lossTimeout;
    }

    /** What runs for that gateway under that id, or null. */
    @Nullable
    Service find(String replyAddress, long id) {
        var peer = peers.get(replyAddress);
        return peer == null ? null : peer.running.get(id);
    }

    void add(Service service) {
        peers.computeIfAbsent(service.header().getReplyAddress(), address -> new Peer())
                .running
                .put(service.header().getId(), service);
    }

    void remove(Service service) {
        var address = service.header().getReplyAddress();
        var peer = peers.get(address);
        if (peer != null) {
            peer.running.remove(service.header().getId());
            if (peer.running.isEmpty()) {
                peers.remove(address);
            }
        }
    }

    /** Takes a sign of life of a gateway. */
    void pinged(String replyAddress) {
        var peer = peers.get(replyAddress);
        if (peer != null) {
            peer.silence = Duration.ZERO;
        }
    }

    /** Counts silence; stops what runs for gateways that have been silent for too long. */
    void tick(Duration elapsed) {
        for (var peer : List.copyOf(peers.values())) {
            peer.silence = peer.silence.plus(elapsed);
            if (peer.silence.compareTo(lossTimeout) >= 0) {
                peer.stopAll(Failures.unavailable("the gateway stopped to ping"));
            }
        }
    }

    void stopAll(WorkerFailure failure) {
        for (var peer : List.copyOf(peers.values())) {
            peer.stopAll(failure);
        }
    }

    int size() {
        return peers.values().stream().mapToInt(peer -> peer.running.size()).sum();
    }

    private static final class Peer {
        final Map<Long, Service> running = new HashMap<>();
        Duration silence = Duration.ZERO;

        void stopAll(WorkerFailure failure) {
            for (var service : List.copyOf(running.values())) {
                service.stop(failure);
            }
        }
    }
}
