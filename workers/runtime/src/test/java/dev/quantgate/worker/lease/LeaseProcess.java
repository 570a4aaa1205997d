package dev.quantgate.worker.lease;

import dev.quantgate.worker.api.WorkerException;
import dev.quantgate.worker.store.AtomicFiles;
import dev.quantgate.worker.store.ModelFolder;
import dev.quantgate.worker.testing.Await;
import dev.quantgate.worker.testing.StoreProcess;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;

/**
 * A process that tries once to take a lease when a start file appears. If it gets it, it makes a part; when a go file
 * appears it publishes the part and notes what came of that. Command line: model folder, lease time, notes, name.
 */
public final class LeaseProcess {
    private LeaseProcess() {}

    public static void main(String[] arguments) throws Exception {
        var model = new ModelFolder(Path.of(arguments[0]));
        var notes = Path.of(arguments[2]);
        var name = arguments[3];
        var leases = new Leases(name, Duration.ofMillis(Long.parseLong(arguments[1])), Clock.systemUTC());
        StoreProcess.note(notes, "ready " + name);
        Await.until(() -> Files.exists(notes.resolveSibling("start")));
        var lease = leases.tryAcquire(model, "testing");
        if (lease.isEmpty()) {
            StoreProcess.note(notes, "refused " + name);
            return;
        }
        var held = lease.get();
        var part = model.newPart(held.epoch());
        Files.writeString(part.resolve("by"), name);
        StoreProcess.note(notes, "acquired " + name + " " + held.epoch());
        Await.until(() -> Files.exists(notes.resolveSibling("go")));
        try {
            held.commit(() -> {
                model.publish(part, "result");
                return true;
            });
            StoreProcess.note(notes, "committed " + name);
        } catch (WorkerException fenced) {
            AtomicFiles.deleteTree(part);
            StoreProcess.note(
                    notes, "refused commit " + name + " " + fenced.failure().kind());
        }
        held.close();
        leases.close();
    }
}
