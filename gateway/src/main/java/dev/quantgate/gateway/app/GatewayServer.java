package dev.quantgate.gateway.app;

import dev.quantgate.gateway.config.GatewayConfig;
import dev.quantgate.worker.api.WorkerFailure;
import io.vertx.core.Future;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Runs a gateway, or a worker process, until the process is told to end. */
public final class GatewayServer {
    /** What closing may take beyond the time for running calls. */
    private static final Duration CLOSE_LIMIT = Duration.ofSeconds(10);

    private GatewayServer() {}

    /**
     * Starts a gateway and returns when it has stopped, which SIGTERM or SIGINT asks for.
     *
     * @param onListening hears of the gateway once it listens and, if it has workers of its own, these are ready
     * @throws GatewayStartException if it cannot start, or if its own workers cannot and no others may join
     */
    public static void serve(GatewayConfig config, Consumer<RunningGateway> onListening) {
        serve(config, EmbeddedGateway.ownWorkers(config), onListening);
    }

    static void serve(GatewayConfig config, Workers.Source source, Consumer<RunningGateway> onListening) {
        var gateway = await(EmbeddedGateway.start(config, source));
        var stopped = new CountDownLatch(1);
        var useless = new AtomicReference<@Nullable Throwable>();
        gateway.workersStarted().onFailure(cause -> {
            if (config.cluster().enabled()) {
                StartupLog.workersFailed(cause);
            } else {
                useless.set(cause);
                gateway.close().onComplete(closed -> stopped.countDown());
            }
        });
        onSignal(config, gateway::close, stopped);
        if (config.workers().embedded()) {
            gateway.ready().onSuccess(ready -> onListening.accept(gateway));
        } else {
            onListening.accept(gateway);
        }
        awaitQuietly(stopped);
        var cause = useless.get();
        if (cause != null) {
            throw new GatewayStartException("the workers cannot start: " + words(cause), cause);
        }
    }

    private static String words(Throwable cause) {
        return WorkerFailure.find(cause)
                .map(failure ->
                        failure.field().isEmpty() ? failure.message() : failure.field() + ": " + failure.message())
                .orElseGet(() -> String.valueOf(cause.getMessage()));
    }

    /**
     * Starts the workers of this process for a gateway elsewhere, and returns when they have stopped: after SIGTERM or
     * SIGINT, or once the gateway is gone.
     *
     * @param address {@code host:port} of the gateway's cluster
     * @throws GatewayStartException if they cannot start
     */
    public static void work(GatewayConfig config, String address) {
        var process = await(WorkerProcess.join(config, address));
        var stopped = new CountDownLatch(1);
        process.orphaned().onSuccess(gone -> {
            StartupLog.gatewayGone(address);
            stopped.countDown();
        });
        onSignal(config, process::close, stopped);
        awaitQuietly(stopped);
    }

    private static void onSignal(GatewayConfig config, Supplier<Future<Void>> close, CountDownLatch stopped) {
        var limit = config.server().drainTimeout().plus(CLOSE_LIMIT);
        Runtime.getRuntime()
                .addShutdownHook(new Thread(
                        () -> {
                            try {
                                close.get()
                                        .toCompletionStage()
                                        .toCompletableFuture()
                                        .get(limit.toMillis(), TimeUnit.MILLISECONDS);
                            } catch (ExecutionException | TimeoutException failure) {
                                StartupLog.closeFailed(failure);
                            } catch (InterruptedException interrupted) {
                                Thread.currentThread().interrupt();
                            } finally {
                                stopped.countDown();
                            }
                        },
                        "quantgate-shutdown"));
    }

    private static <T> T await(Future<T> starting) {
        try {
            return starting.toCompletionStage().toCompletableFuture().get();
        } catch (ExecutionException failure) {
            var cause = failure.getCause() == null ? failure : failure.getCause();
            if (cause instanceof GatewayStartException planned) {
                throw planned;
            }
            throw new GatewayStartException("the gateway cannot start: " + cause.getMessage(), cause);
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw new GatewayStartException("interrupted while starting", interrupted);
        }
    }

    private static void awaitQuietly(CountDownLatch stopped) {
        try {
            stopped.await();
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}
