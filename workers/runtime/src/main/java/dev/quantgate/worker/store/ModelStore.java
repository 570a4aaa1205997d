package dev.quantgate.worker.store;

import dev.quantgate.worker.api.FailureKind;
import dev.quantgate.worker.api.Names;
import dev.quantgate.worker.api.WorkerFailure;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The models below one root folder, shared by any number of processes: {@code models/<model>/} with metadata, lease
 * and variants, {@code operations/} with the journal, {@code store.json} with the store's identity. Thread-safe.
 */
public final class ModelStore {
    private static final Logger LOG = LoggerFactory.getLogger(ModelStore.class);
    private static final String TRASH = ".trash.";
    private static final int MAX_IDENTITY_BYTES = 4096;

    private final Path root;
    private final String id;

    private ModelStore(Path root, String id) {
        this.root = root;
        this.id = id;
    }

    /**
     * Opens the store at {@code root} and makes what is missing of it. A store that cannot be written still serves.
     *
     * @throws dev.quantgate.worker.api.WorkerException if it can neither be made nor read
     */
    public static ModelStore open(Path root) {
        try {
            Files.createDirectories(root.resolve("models"));
            Files.createDirectories(root.resolve("operations"));
        } catch (IOException failed) {
            if (!Files.isReadable(root.resolve("models"))) {
                throw StoreFailure.translate(failed, "opening the model store", root);
            }
            LOG.atInfo().log("the model store cannot be written: it serves what is there");
        }
        try {
            var real = root.toRealPath();
            return new ModelStore(real, identityOf(real));
        } catch (IOException failed) {
            throw StoreFailure.translate(failed, "opening the model store", root);
        }
    }

    /** Stable identity: workers with the same one share a store. */
    public String id() {
        return id;
    }

    /** The folder of the operations' journal. */
    public Path operations() {
        return root.resolve("operations");
    }

    /** Folders of all models that were published, ordered by name. */
    public List<ModelFolder> folders() throws IOException {
        return allFolders().filter(ModelFolder::hasModel).toList();
    }

    /** Folders of models that an owner, dead or alive, has left something in. */
    public List<ModelFolder> foldersWithLeftovers() throws IOException {
        var found = new ArrayList<ModelFolder>();
        for (var folder : allFolders().toList()) {
            if (folder.hasLeftovers()) {
                found.add(folder);
            }
        }
        return found;
    }

    /** Deletes what is left of deleted models. */
    public void removeTrash() throws IOException {
        for (var folder : ModelFolder.list(root.resolve("models"))) {
            if (String.valueOf(folder.getFileName()).startsWith(TRASH)) {
                AtomicFiles.deleteTree(folder);
            }
        }
    }

    /** Where the named model lies or would lie. */
    public ModelFolder folder(String model) {
        return new ModelFolder(root.resolve("models").resolve(Names.requireModel(model, "model")));
    }

    /** The named model, or MODEL_NOT_FOUND. */
    public StoredModel model(String model) {
        var folder = folder(model);
        if (!folder.exists() || !folder.hasModel()) {
            throw WorkerFailure.of(FailureKind.MODEL_NOT_FOUND, "no model is called " + model)
                    .asException();
        }
        return folder.read();
    }

    /** The folder of a model to come; its lease can be taken at once. */
    public ModelFolder makeFolder(String model) throws IOException {
        var folder = folder(model);
        Files.createDirectories(folder.path());
        return folder;
    }

    /** Hides a whole model from everybody at once; the folder it returns is to be deleted without the lease. */
    public Path hide(ModelFolder model) throws IOException {
        var trash = root.resolve("models").resolve(TRASH + UUID.randomUUID());
        AtomicFiles.publish(model.path(), trash);
        return trash;
    }

    private Stream<ModelFolder> allFolders() throws IOException {
        return ModelFolder.list(root.resolve("models")).stream()
                .filter(folder -> Names.isModel(String.valueOf(folder.getFileName())))
                .filter(folder -> Files.isDirectory(folder, LinkOption.NOFOLLOW_LINKS))
                .map(ModelFolder::new);
    }

    private static String identityOf(Path root) throws IOException {
        var file = root.resolve("store.json");
        try {
            return readIdentity(file);
        } catch (IOException missing) {
            LOG.atDebug().log("the store has no identity yet");
        }
        try {
            return FileMutex.hold(root.resolve("operations").resolve("journal.lock"), () -> {
                try {
                    return readIdentity(file);
                } catch (IOException missing) {
                    var fresh = UUID.randomUUID().toString();
                    AtomicFiles.write(
                            file, new JsonObject().put("store_id", fresh).encodePrettily());
                    return fresh;
                }
            });
        } catch (IOException readOnly) {
            // Nobody else can give it one either, so its place is its identity.
            return "read-only-" + Sha256.ofText(root.toString()).substring(0, 32);
        }
    }

    private static String readIdentity(Path file) throws IOException {
        var json = StrictJson.read(file, MAX_IDENTITY_BYTES);
        var id = json.string("store_id");
        if (!id.matches("[A-Za-z0-9-]{8,64}")) {
            throw json.damaged("store_id", "8 to 64 letters, digits and '-'");
        }
        return id;
    }
}
