package dev.quantgate.worker.bus;

import dev.quantgate.worker.api.StreamHandle;

/** The handle of work that listens to nobody. */
final class FakeHandle implements StreamHandle {
    @Override
    public void grant(int items) {}

    @Override
    public void cancel() {}
}
