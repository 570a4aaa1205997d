package dev.quantgate.worker.testing;

import dev.quantgate.worker.api.CallContext;
import dev.quantgate.worker.api.OperationRecord;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;

/**
 * Another process with a worker on a store. Its command line: store, lease time in milliseconds, notes file, point to
 * stop at for ever (or {@code -}), and what to do: {@code quantize}, or {@code quantize-slowly}: until cancelled. It adds a line to the notes file
 * for each quantisation that its backend starts, for the point it has reached, and for the end.
 */
public final class StoreProcess {
    private StoreProcess() {}

    public static void main(String[] arguments) throws Exception {
        var notes = Path.of(arguments[2]);
        var stopAt = arguments[3];
        var test =
                new TestWorker(Path.of(arguments[0]), Duration.ZERO, Duration.ofMillis(Long.parseLong(arguments[1])));
        test.backend.at = point -> {
            if (point.equals("quantize")) {
                note(notes, "quantize");
            }
            if (point.equals("half")) {
                note(notes, "running");
            }
            if (point.equals(stopAt)) {
                note(notes, "reached " + point);
                stopForEver();
            }
        };
        if (arguments[4].equals("quantize-slowly")) {
            test.backend.quantizesUntilCancelled = true;
        }
        var operation = Await.result(
                test.worker.quantizeModel(TestWorker.request("m", "Q8_0"), CallContext.of("other process")));
        var watch = new Recorder<OperationRecord>();
        test.worker.watchOperation(operation.id(), CallContext.of("other process"), watch);
        var end = Await.result(watch.end);
        note(notes, "ended " + end.get(end.size() - 1).state() + " " + operation.id());
        test.close();
    }

    /** Starts the process; the caller destroys it. */
    public static Process start(Path store, Duration leaseTtl, Path notes, String stopAt, String what)
            throws IOException {
        return java(
                StoreProcess.class,
                List.of(store.toString(), Long.toString(leaseTtl.toMillis()), notes.toString(), stopAt, what));
    }

    /** Starts a main class of the tests in a JVM of its own. */
    public static Process java(Class<?> main, List<String> arguments) throws IOException {
        var command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx128m",
                "-XX:+UseSerialGC",
                "-XX:TieredStopAtLevel=1",
                "-cp",
                System.getProperty("java.class.path"),
                main.getName()));
        command.addAll(arguments);
        return new ProcessBuilder(command).inheritIO().start();
    }

    /** Waits until a line of a notes file starts with {@code start}, and returns that line. */
    public static String awaitNote(Path notes, String start) throws Exception {
        Await.until(() -> notes(notes).stream().anyMatch(line -> line.startsWith(start)));
        return notes(notes).stream()
                .filter(line -> line.startsWith(start))
                .findFirst()
                .orElseThrow();
    }

    public static List<String> notes(Path notes) throws IOException {
        return Files.exists(notes) ? Files.readAllLines(notes) : List.of();
    }

    public static void note(Path notes, String line) {
        try {
            Files.writeString(notes, line + "\n", StandardOpenOption.CREATE, StandardOpenOption.APPEND);
        } catch (IOException failed) {
            throw new IllegalStateException(failed);
        }
    }

    public static void stopForEver() {
        try {
            new CountDownLatch(1).await();
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}
