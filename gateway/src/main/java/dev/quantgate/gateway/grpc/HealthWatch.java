package dev.quantgate.gateway.grpc;

import dev.quantgate.worker.api.StreamHandle;
import dev.quantgate.worker.api.StreamSink;
import io.vertx.grpc.health.v1.HealthCheckResponse.ServingStatus;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** One watcher of one status: hears each change, or only the last one if it does not keep up. Thread-safe. */
final class HealthWatch implements StreamHandle {
    private final Supplier<ServingStatus> status;
    private final StreamSink<ServingStatus> target;
    private final Consumer<HealthWatch> onCancel;
    private @Nullable ServingStatus told;
    private int credit = INITIAL_WINDOW;

    HealthWatch(Supplier<ServingStatus> status, StreamSink<ServingStatus> target, Consumer<HealthWatch> onCancel) {
        this.status = status;
        this.target = target;
        this.onCancel = onCancel;
    }

    synchronized void refresh() {
        var now = status.get();
        if (now != told && credit > 0) {
            credit--;
            told = now;
            target.item(now);
        }
    }

    void close() {
        refresh();
        target.end();
        cancel();
    }

    @Override
    public void grant(int items) {
        synchronized (this) {
            credit += items;
        }
        refresh();
    }

    @Override
    public void cancel() {
        onCancel.accept(this);
    }
}
