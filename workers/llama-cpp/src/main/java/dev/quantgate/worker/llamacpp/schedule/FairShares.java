package dev.quantgate.worker.llamacpp.schedule;

import java.util.HashMap;
import java.util.Map;

/**
 * Virtual time per client: a client's clock advances by the tokens it was served, and the client with the slowest clock
 * goes next (start-time fair queueing). A client that comes back starts where the others are, so that idling earns no
 * credit and no debt.
 */
final class FairShares {
    private final Map<String, Share> shares = new HashMap<>();

    private static final class Share {
        private double served;
        private int requests;
    }

    void enter(String client) {
        var share = shares.get(client);
        if (share == null) {
            var slowest =
                    shares.values().stream().mapToDouble(other -> other.served).min();
            share = new Share();
            share.served = slowest.orElse(0);
            shares.put(client, share);
        }
        share.requests++;
    }

    void leave(String client) {
        var share = shares.get(client);
        if (share != null && --share.requests == 0) {
            shares.remove(client);
        }
    }

    void charge(String client, int tokens) {
        var share = shares.get(client);
        if (share != null) {
            share.served += tokens;
        }
    }

    double served(String client) {
        var share = shares.get(client);
        return share == null ? 0 : share.served;
    }
}
