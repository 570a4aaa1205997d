package dev.quantgate.bench.process;

import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;

/** A server that is measured from outside. It is stopped when it is closed, at the latest when this program ends. */
public final class ServerProcess implements AutoCloseable {
    private static final long STOP_SECONDS = 15;
    private static final long POLL_MILLIS = 2;

    private final Process process;
    private final Path log;
    private final Thread stopAtExit;

    private ServerProcess(Process process, Path log) {
        this.process = process;
        this.log = log;
        stopAtExit = new Thread(process::destroyForcibly, "stop-" + process.pid());
        Runtime.getRuntime().addShutdownHook(stopAtExit);
    }

    /**
     * Starts a server.
     *
     * @param log file for its output
     */
    public static ServerProcess start(List<String> command, Map<String, String> environment, Path log)
            throws IOException {
        Files.createDirectories(log.toAbsolutePath().getParent());
        var builder = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectInput(new File("/dev/null"))
                .redirectOutput(log.toFile());
        builder.environment().putAll(environment);
        return new ServerProcess(builder.start(), log);
    }

    /**
     * Waits until the server says that it is ready.
     *
     * @throws IllegalStateException when it ends or does not become ready in time, with the end of its output
     */
    public void await(BooleanSupplier ready, Duration limit) throws InterruptedException {
        var deadline = System.nanoTime() + limit.toNanos();
        while (!ready.getAsBoolean()) {
            if (!process.isAlive()) {
                throw new IllegalStateException("exit status " + process.exitValue() + ":\n" + endOfLog());
            }
            if (System.nanoTime() > deadline) {
                throw new IllegalStateException("not ready after " + limit.toSeconds() + " s:\n" + endOfLog());
            }
            Thread.sleep(POLL_MILLIS);
        }
    }

    /** Processor time of the process so far, user and system, all threads. */
    public double cpuSeconds() throws IOException {
        return ProcessFigures.cpuSeconds(process.pid());
    }

    /** Memory of the process that is in RAM now. */
    public long residentBytes() throws IOException {
        return ProcessFigures.residentBytes(process.pid());
    }

    /** Files, sockets and the like that the process has open now. */
    public int openFiles() throws IOException {
        return ProcessFigures.openFiles(process.pid());
    }

    /** Threads of the process now. */
    public int threads() throws IOException {
        return ProcessFigures.threads(process.pid());
    }

    /** Its process id. */
    public long pid() {
        return process.pid();
    }

    /** Asks it to stop, waits, and kills it if it does not. */
    @Override
    public void close() {
        process.destroy();
        try {
            if (!process.waitFor(STOP_SECONDS, TimeUnit.SECONDS)) {
                process.destroyForcibly().waitFor();
            }
        } catch (InterruptedException e) {
            process.destroyForcibly();
            Thread.currentThread().interrupt();
        }
        Runtime.getRuntime().removeShutdownHook(stopAtExit);
    }

    private String endOfLog() {
        try {
            var lines = Files.readAllLines(log);
            return String.join("\n", lines.subList(Math.max(0, lines.size() - 20), lines.size()));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
