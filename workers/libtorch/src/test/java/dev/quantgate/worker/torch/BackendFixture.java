package dev.quantgate.worker.torch;

import dev.quantgate.worker.api.CallContext;
import dev.quantgate.worker.api.Cancellation;
import dev.quantgate.worker.api.ProgressListener;
import dev.quantgate.worker.api.QuantizationType;
import dev.quantgate.worker.api.backend.Backend;
import dev.quantgate.worker.api.backend.BackendProvider;
import dev.quantgate.worker.api.backend.BackendSettings;
import dev.quantgate.worker.api.backend.LoadOptions;
import dev.quantgate.worker.api.backend.LoadedModel;
import dev.quantgate.worker.api.backend.QuantizationJob;
import dev.quantgate.worker.api.inference.TextResult;
import dev.quantgate.worker.api.inference.TextTask;
import java.net.URISyntaxException;
import java.net.URL;
import java.nio.file.Path;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.ServiceLoader;
import java.util.concurrent.TimeUnit;

/** A backend found as the worker finds it, and the golden models. */
public final class BackendFixture {

    /** Hears nothing. */
    public static final ProgressListener SILENT = (fraction, step) -> {};

    private BackendFixture() {}

    /** A backend with one thread. */
    public static Backend backend(Map<String, String> options) {
        BackendProvider provider = ServiceLoader.load(BackendProvider.class).stream()
                .map(ServiceLoader.Provider::get)
                .filter(candidate -> candidate.name().equals("libtorch"))
                .findFirst()
                .orElseThrow();
        return provider.create(new BackendSettings(1, 1L << 30, 0, 8, 64, options));
    }

    /** A golden checkpoint. */
    public static Path model(String name) {
        URL url = Objects.requireNonNull(BackendFixture.class.getResource("/golden/models/" + name), name);
        try {
            return Path.of(url.toURI());
        } catch (URISyntaxException e) {
            throw new IllegalArgumentException(name, e);
        }
    }

    /** Loads a model. */
    public static LoadedModel load(Backend backend, Path folder) {
        return backend.load(folder, new LoadOptions("test", 0), SILENT, new Cancellation());
    }

    /** Runs a task and waits for its answer. */
    public static <R extends TextResult> R answer(LoadedModel model, TextTask<R> task) throws Exception {
        return model.run(task, CallContext.of("test")).toCompletableFuture().get(60, TimeUnit.SECONDS);
    }

    /** A job for a type by name. */
    public static QuantizationJob job(Backend backend, Path source, Path output, String type) {
        QuantizationType found = backend.quantizationTypes().stream()
                .filter(candidate -> candidate.name().equals(type))
                .findFirst()
                .orElseThrow();
        return new QuantizationJob(source, output, found, false, Optional.empty());
    }
}
