package dev.quantgate.gateway.testing;

import dev.quantgate.gateway.app.GatewayServer;
import java.util.Map;

/** A worker process for tests: joins the gateway whose cluster address is its only argument. */
public final class WorkerMain {
    private WorkerMain() {}

    public static void main(String[] arguments) {
        GatewayServer.work(TestGateway.config(Map.of("workers.embedded", "true")), arguments[0]);
        System.exit(0);
    }
}
