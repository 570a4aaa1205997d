package dev.quantgate.worker.api.backend;

import dev.quantgate.worker.api.FailureKind;
import dev.quantgate.worker.api.WorkerException;
import dev.quantgate.worker.api.WorkerFailure;
import java.nio.file.Path;

/** Where a loaded model finds its LoRA adapters. Thread-safe; blocks. */
@FunctionalInterface
public interface AdapterFiles {
    /** For a model that is loaded outside a store. */
    AdapterFiles NONE = name -> {
        throw notFound(name);
    };

    /**
     * The adapter of that name as it is now.
     *
     * @throws WorkerException ADAPTER_NOT_FOUND
     */
    Found find(String name);

    /**
     * A published adapter: its file never changes, but another one may take its name.
     *
     * @param file GGUF
     * @param sha256 of the file, lower-case hexadecimal
     */
    record Found(Path file, String sha256) {}

    /** What {@link #find} throws. */
    static WorkerException notFound(String name) {
        return WorkerFailure.of(FailureKind.ADAPTER_NOT_FOUND, "the model has no LoRA adapter called " + name)
                .asException();
    }
}
