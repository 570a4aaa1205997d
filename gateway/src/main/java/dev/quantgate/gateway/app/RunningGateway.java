package dev.quantgate.gateway.app;

import dev.quantgate.gateway.config.GatewayConfig;
import dev.quantgate.gateway.routing.Routing;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A gateway that listens. Thread-safe. */
public final class RunningGateway {
    private static final Logger LOG = LoggerFactory.getLogger(RunningGateway.class);
    /** What is left to the workers once the gateway's own calls have had their time. */
    private static final Duration WORKERS_LIMIT = Duration.ofSeconds(5);

    private final Vertx vertx;
    private final GatewayConfig config;
    private final Workers workers;
    private final Routing routing;
    private final GatewayListener listener;
    private final Future<Void> ready;
    private @Nullable Future<Void> closing;

    RunningGateway(Vertx vertx, GatewayConfig config, Workers workers, Routing routing, GatewayListener listener) {
        this.vertx = vertx;
        this.config = config;
        this.workers = workers;
        this.routing = routing;
        this.listener = listener;
        this.ready = firstWorker();
    }

    /** The Vert.x instance that it runs on, for clients in the same process. */
    public Vertx vertx() {
        return vertx;
    }

    /** The port that it listens on. */
    public int port() {
        return listener.port();
    }

    /** Calls that run now. */
    public int runningCalls() {
        return routing.admission().running();
    }

    /** Completes when the first worker takes calls; fails if the workers of this process cannot start. */
    public Future<Void> ready() {
        return ready;
    }

    /** Completes when the workers of this process run; fails if they cannot start. */
    Future<Void> workersStarted() {
        return workers.started();
    }

    /**
     * Stops in order: takes no new calls, waits for running ones as long as {@code server.drain_timeout} allows, then
     * closes the port, the workers and Vert.x. Calling it again returns the same future.
     */
    public Future<Void> close() {
        Future<Void> done;
        synchronized (this) {
            if (closing != null) {
                return closing;
            }
            done = stop();
            closing = done;
        }
        return done;
    }

    private Future<Void> stop() {
        LOG.atInfo().addKeyValue("runningCalls", routing.admission().running()).log("Gateway stops");
        routing.admission().drain();
        return listener.shutdown(config.server().drainTimeout().toMillis())
                .eventually(() -> workers.stop(WORKERS_LIMIT))
                .eventually(vertx::close)
                .onComplete(ended -> LOG.atInfo().log("Gateway has stopped"));
    }

    private Future<Void> firstWorker() {
        Promise<Void> first = Promise.promise();
        Runnable check = () -> {
            if (routing.readiness().isReady()) {
                first.tryComplete();
            }
        };
        routing.directory().onChange(check);
        check.run();
        workers.started().onFailure(first::tryFail);
        return first.future();
    }
}
