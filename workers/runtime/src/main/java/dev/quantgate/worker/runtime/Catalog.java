package dev.quantgate.worker.runtime;

import dev.quantgate.worker.api.FailureKind;
import dev.quantgate.worker.api.WorkerFailure;
import dev.quantgate.worker.store.ModelFolder;
import dev.quantgate.worker.store.ModelStore;
import dev.quantgate.worker.store.StoredModel;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * The store's models in memory, so that a request need not touch the disk. Changes by this process show at once, those
 * of others at the next {@link #refresh}. Thread-safe.
 */
final class Catalog {
    private final ModelStore store;
    private final String backend;
    private volatile Map<String, Stamped> models = Map.of();

    private record Stamped(StoredModel model, List<Object> stamp) {}

    Catalog(ModelStore store, String backend) {
        this.store = store;
        this.backend = backend;
    }

    /** The model as it was last seen; never blocks. */
    Optional<StoredModel> seen(String name) {
        return Optional.ofNullable(models.get(name)).map(Stamped::model).filter(this::isServed);
    }

    /** The models that the backend serves, and those that are too damaged to say; never blocks. */
    List<StoredModel> seen() {
        return models.values().stream()
                .map(Stamped::model)
                .filter(this::isServed)
                .toList();
    }

    /** Reads what has changed on disk. */
    synchronized void refresh() throws IOException {
        var before = models;
        var now = new TreeMap<String, Stamped>();
        for (var folder : store.folders()) {
            var stamp = folder.stamp();
            var known = before.get(folder.name());
            now.put(folder.name(), known != null && known.stamp().equals(stamp) ? known : read(folder, stamp));
        }
        models = now;
    }

    /** Reads one model again and returns it, or MODEL_NOT_FOUND if it is not there or another backend's. */
    synchronized StoredModel read(String name) throws IOException {
        var folder = store.folder(name);
        var found = folder.exists() && folder.hasModel()
                ? Optional.of(read(folder, folder.stamp()))
                : Optional.<Stamped>empty();
        var changed = new TreeMap<>(models);
        found.ifPresentOrElse(model -> changed.put(name, model), () -> changed.remove(name));
        models = changed;
        return found.map(Stamped::model)
                .filter(this::isServed)
                .orElseThrow(() -> WorkerFailure.of(FailureKind.MODEL_NOT_FOUND, "no model is called " + name)
                        .asException());
    }

    private boolean isServed(StoredModel model) {
        return model.metadata()
                .map(metadata -> metadata.backend().equals(backend))
                .orElse(true);
    }

    private static Stamped read(ModelFolder folder, List<Object> stamp) {
        return new Stamped(folder.read(), stamp);
    }
}
