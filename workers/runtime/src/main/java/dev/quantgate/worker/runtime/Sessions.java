package dev.quantgate.worker.runtime;

import dev.quantgate.worker.api.CallContext;
import dev.quantgate.worker.api.FailureKind;
import dev.quantgate.worker.api.Names;
import dev.quantgate.worker.api.SessionRecord;
import dev.quantgate.worker.api.SessionRef;
import dev.quantgate.worker.api.WorkerFailure;
import dev.quantgate.worker.api.backend.SessionPlace;
import dev.quantgate.worker.store.ModelStore;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/** The saved sessions of a worker's models, as files: what is in them is the business of the loaded model. */
final class Sessions {
    private final ModelStore store;
    private final Catalog catalog;
    private final FileTasks files;

    Sessions(ModelStore store, Catalog catalog, FileTasks files) {
        this.store = store;
        this.catalog = catalog;
        this.files = files;
    }

    CompletableFuture<List<SessionRecord>> list(String model, CallContext context) {
        return files.submit(context, "listing sessions", () -> {
            catalog.read(model);
            var sessions = new ArrayList<SessionRecord>();
            for (var file : filesOf(model)) {
                var fileName = String.valueOf(file.getFileName());
                var name = fileName.substring(0, fileName.length() - SessionPlace.SUFFIX.length());
                if (Names.isVariant(name)) {
                    var attributes = Files.readAttributes(file, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
                    sessions.add(new SessionRecord(
                            name,
                            attributes.size(),
                            attributes.lastModifiedTime().toInstant()));
                }
            }
            sessions.sort(Comparator.comparing(SessionRecord::name));
            return sessions;
        });
    }

    CompletableFuture<Void> delete(SessionRef ref, CallContext context) {
        return files.submit(context, "deleting a session", () -> {
                    catalog.read(ref.model());
                    var folder = store.folder(ref.model()).sessions();
                    if (!Files.deleteIfExists(folder.resolve(ref.session() + SessionPlace.SUFFIX))) {
                        throw WorkerFailure.of(
                                        FailureKind.SESSION_NOT_FOUND,
                                        "model " + ref.model() + " has no session called " + ref.session())
                                .asException();
                    }
                    return ref;
                })
                .thenAccept(deleted -> {});
    }

    private List<Path> filesOf(String model) throws IOException {
        try (var entries = Files.list(store.folder(model).sessions())) {
            return entries.filter(file -> String.valueOf(file.getFileName()).endsWith(SessionPlace.SUFFIX))
                    .toList();
        } catch (NoSuchFileException none) {
            return List.of();
        }
    }
}
