package dev.quantgate.gateway.grpc;

import dev.quantgate.worker.api.StreamSink;
import dev.quantgate.worker.api.WorkerFailure;
import java.util.function.Function;

/** Passes a stream on in another form. */
record MappedSink<T, P>(StreamSink<P> target, Function<T, P> mapping) implements StreamSink<T> {
    @Override
    public void item(T item) {
        target.item(mapping.apply(item));
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
