package dev.quantgate.natives.torch;

import java.nio.file.Path;
import java.util.Objects;

/**
 * What libtorch is started with; it holds for the life of the process.
 *
 * @param threads threads of one operator, at least 1; libtorch and OpenBLAS both get this number
 * @param engine kernels of int8 matrix products
 * @param cacheDirectory where the native libraries are unpacked
 */
public record TorchSettings(int threads, QuantizedEngine engine, Path cacheDirectory) {

    public TorchSettings {
        if (threads < 1) {
            throw new IllegalArgumentException("threads: " + threads + " (expected: >= 1)");
        }
        Objects.requireNonNull(engine, "engine");
        Objects.requireNonNull(cacheDirectory, "cacheDirectory");
    }

    /** One thread, our own kernels, and the cache named by {@code QUANTGATE_CACHE} (default {@code ~/.cache/quantgate}). */
    public static TorchSettings defaults() {
        String named = System.getenv("QUANTGATE_CACHE");
        Path root = named == null || named.isBlank()
                ? Path.of(System.getProperty("user.home"), ".cache", "quantgate")
                : Path.of(named);
        return new TorchSettings(1, QuantizedEngine.FUSED, root.resolve("natives"));
    }

    /** The same settings with another number of threads. */
    public TorchSettings withThreads(int newThreads) {
        return new TorchSettings(newThreads, engine, cacheDirectory);
    }

    /** The same settings with another engine. */
    public TorchSettings withEngine(QuantizedEngine newEngine) {
        return new TorchSettings(threads, newEngine, cacheDirectory);
    }
}
