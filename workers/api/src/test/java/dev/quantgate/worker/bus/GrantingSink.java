package dev.quantgate.worker.bus;

import dev.quantgate.worker.api.StreamHandle;
import dev.quantgate.worker.api.StreamSink;
import dev.quantgate.worker.api.WorkerFailure;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** A sink that asks for one more item for each that it gets. */
final class GrantingSink<T> implements StreamSink<T> {
    private final StreamSink<T> target;
    private @Nullable StreamHandle handle;

    GrantingSink(StreamSink<T> target) {
        this.target = target;
    }

    void follow(StreamHandle handle) {
        this.handle = handle;
    }

    @Override
    public void item(T item) {
        target.item(item);
        Objects.requireNonNull(handle, "handle").grant(1);
    }

    @Override
    public void end() {
        target.end();
    }

    @Override
    public void fail(WorkerFailure failure) {
        target.fail(failure);
    }
}
