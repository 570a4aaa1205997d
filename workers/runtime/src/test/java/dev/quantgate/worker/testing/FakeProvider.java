package dev.quantgate.worker.testing;

import dev.quantgate.worker.api.backend.Backend;
import dev.quantgate.worker.api.backend.BackendProvider;
import dev.quantgate.worker.api.backend.BackendSettings;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;

/** Found by the launcher's tests; keeps the backends that it has made. */
public final class FakeProvider implements BackendProvider {
    public static final Queue<FakeBackend> MADE = new ConcurrentLinkedQueue<>();

    @Override
    public String name() {
        return FakeBackend.NAME;
    }

    @Override
    public Backend create(BackendSettings settings) {
        var backend = new FakeBackend();
        MADE.add(backend);
        return backend;
    }
}
