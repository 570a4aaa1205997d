package dev.quantgate.worker.llamacpp;

import dev.quantgate.worker.api.backend.Backend;
import dev.quantgate.worker.api.backend.BackendProvider;
import dev.quantgate.worker.api.backend.BackendSettings;

/** Provides the llama.cpp backend to {@link java.util.ServiceLoader}. */
public final class LlamaCppBackendProvider implements BackendProvider {
    @Override
    public String name() {
        return LlamaCppBackend.NAME;
    }

    @Override
    public Backend create(BackendSettings settings) {
        return new LlamaCppBackend(settings);
    }
}
