package dev.quantgate.worker.bus;

import java.util.UUID;

/** Every address of the bus contract. */
final class BusAddresses {
    /** Workers announce themselves here. */
    static final String HELLO = "quantgate.bus.v1.hello";

    /** Gateways ask here for announcements. */
    static final String DISCOVER = "quantgate.bus.v1.discover";

    private BusAddresses() {}

    /** A fresh address for a worker; a restarted worker never hears messages meant for its predecessor. */
    static String forWorker(String workerId) {
        return "quantgate.bus.v1.worker." + workerId + "." + UUID.randomUUID();
    }

    /** A fresh address for a gateway's data, ends and replies. */
    static String forGateway() {
        return "quantgate.bus.v1.gateway." + UUID.randomUUID();
    }
}
