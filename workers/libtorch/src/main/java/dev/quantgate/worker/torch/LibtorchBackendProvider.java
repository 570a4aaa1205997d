package dev.quantgate.worker.torch;

import dev.quantgate.worker.api.backend.Backend;
import dev.quantgate.worker.api.backend.BackendProvider;
import dev.quantgate.worker.api.backend.BackendSettings;

/** Makes the libtorch backend. */
public final class LibtorchBackendProvider implements BackendProvider {

    /** Name of the backend. */
    static final String NAME = "libtorch";

    @Override
    public String name() {
        return NAME;
    }

    @Override
    public Backend create(BackendSettings settings) {
        return new LibtorchBackend(LibtorchOptions.of(settings), settings.memoryLimitBytes());
    }
}
