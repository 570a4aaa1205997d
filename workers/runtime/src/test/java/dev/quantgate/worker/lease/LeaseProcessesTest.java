package dev.quantgate.worker.lease;

import static org.assertj.core.api.Assertions.assertThat;

import dev.quantgate.worker.store.ModelFolder;
import dev.quantgate.worker.testing.Await;
import dev.quantgate.worker.testing.StoreProcess;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LeaseProcessesTest {
    private static final Duration TTL = Duration.ofMillis(900);

    @TempDir
    Path root;

    private final List<Process> processes = new ArrayList<>();
    private Path notes;
    private ModelFolder model;

    @BeforeEach
    void makeModel() throws IOException {
        notes = root.resolve("notes");
        model = new ModelFolder(Files.createDirectories(root.resolve("models/m")));
    }

    @AfterEach
    void killAll() throws InterruptedException {
        for (var process : processes) {
            process.destroyForcibly();
            process.waitFor();
        }
    }

    @Test
    void ofRacingProcessesExactlyOneAcquires() throws Exception {
        start("a", Duration.ofSeconds(30));
        start("b", Duration.ofSeconds(30));
        go("start");

        Await.until(() -> lines("acquired").size() + lines("refused").size() == 2);

        assertThat(lines("acquired")).hasSize(1);
    }

    @Test
    void aKilledOwnerIsReplacedWhenItsLeaseHasRunOut() throws Exception {
        var owner = start("a", TTL);
        go("start");
        var epoch = epochOf(StoreProcess.awaitNote(notes, "acquired a"));
        try (var leases = new Leases("test", TTL, Clock.systemUTC())) {
            assertThat(leases.tryAcquire(model, "too early")).isEmpty();
            owner.destroyForcibly();
            var killed = System.nanoTime();
            var next = new ArrayList<Lease>();
            Await.until(() -> {
                leases.tryAcquire(model, "takes over").ifPresent(next::add);
                return !next.isEmpty();
            });
            var waited = Duration.ofNanos(System.nanoTime() - killed);

            assertThat(next.get(0).epoch()).isGreaterThan(epoch);
            assertThat(waited).isLessThan(TTL.multipliedBy(3));
            next.get(0).close();
        }
    }

    @Test
    void aStalledOwnersCommitIsRefusedAndItsOutputDiscarded() throws Exception {
        var owner = start("a", TTL);
        go("start");
        StoreProcess.awaitNote(notes, "acquired a");
        signal(owner, "STOP");
        try (var leases = new Leases("test", TTL, Clock.systemUTC())) {
            var next = new ArrayList<Lease>();
            Await.until(() -> {
                leases.tryAcquire(model, "takes over").ifPresent(next::add);
                return !next.isEmpty();
            });
            go("go");
            signal(owner, "CONT");
            var refusal = StoreProcess.awaitNote(notes, "refused commit a");

            assertThat(refusal).endsWith("FENCED");
            assertThat(model.path().resolve("variants/result")).doesNotExist();
            assertThat(model.hasLeftovers()).isFalse();
            next.get(0).close();
        }
    }

    private Process start(String name, Duration ttl) throws Exception {
        var process = StoreProcess.java(
                LeaseProcess.class,
                List.of(model.path().toString(), Long.toString(ttl.toMillis()), notes.toString(), name));
        processes.add(process);
        StoreProcess.awaitNote(notes, "ready " + name);
        return process;
    }

    private void go(String file) throws IOException {
        Files.createFile(root.resolve(file));
    }

    private List<String> lines(String start) throws IOException {
        return StoreProcess.notes(notes).stream()
                .filter(line -> line.startsWith(start))
                .toList();
    }

    private static long epochOf(String line) {
        return Long.parseLong(line.substring(line.lastIndexOf(' ') + 1));
    }

    private static void signal(Process process, String signal) throws Exception {
        var kill = new ProcessBuilder("kill", "-" + signal, Long.toString(process.pid())).start();
        assertThat(kill.waitFor()).isZero();
    }
}
