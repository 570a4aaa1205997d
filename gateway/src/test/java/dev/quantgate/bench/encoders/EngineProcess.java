package dev.quantgate.bench.encoders;

import java.io.BufferedReader;
import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/** An engine in a process of its own, which answers lines; it ends when it is closed. */
final class EngineProcess implements AutoCloseable {
    private final Process process;
    private final BufferedReader answers;

    private EngineProcess(Process process) {
        this.process = process;
        answers = process.inputReader(StandardCharsets.UTF_8);
        Runtime.getRuntime().addShutdownHook(new Thread(process::destroyForcibly, "stop-" + process.pid()));
    }

    /** Starts our engine, or onnxruntime, in a JVM like this one. */
    static EngineProcess java(String engine, Path model, int threads, Path log) throws IOException {
        return start(
                List.of(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-Xmx256m",
                        "-XX:+UseSerialGC",
                        "-Dorg.bytedeco.javacpp.maxBytes=0",
                        "-Dorg.bytedeco.javacpp.maxPhysicalBytes=0",
                        "-cp",
                        classPath(engine),
                        ForwardServer.class.getName(),
                        engine,
                        model.toString(),
                        String.valueOf(threads)),
                log);
    }

    /** onnxruntime 1.29.0 crashes while it loads when the class path is as long as that of all tests. */
    private static String classPath(String engine) {
        var all = System.getProperty("java.class.path");
        return engine.equals("onnxruntime")
                ? Arrays.stream(all.split(File.pathSeparator, -1))
                        .filter(entry -> entry.endsWith("test-classes") || entry.contains("onnxruntime"))
                        .collect(Collectors.joining(File.pathSeparator))
                : all;
    }

    /** Starts a process that says {@code ready} once it can compute. */
    static EngineProcess start(List<String> command, Path log) throws IOException {
        Files.createDirectories(log.toAbsolutePath().getParent());
        var builder = new ProcessBuilder(command).redirectError(log.toFile());
        builder.environment().putAll(Map.of("OMP_WAIT_POLICY", "PASSIVE", "MALLOC_ARENA_MAX", "2"));
        var started = new EngineProcess(builder.start());
        started.require(started.answers.readLine(), "ready", log);
        return started;
    }

    private void require(@org.jspecify.annotations.Nullable String answer, String expected, Path log)
            throws IOException {
        if (!expected.equals(answer)) {
            close();
            throw new IllegalStateException(
                    "answer: " + answer + " (expected: " + expected + ")\n" + Files.readString(log));
        }
    }

    /** Median time of one call. */
    double millis(InputShape shape, long forMillis) throws IOException {
        return Double.parseDouble(ask("time " + shape.batch() + " " + shape.tokens() + " " + forMillis));
    }

    /** Texts a second of concurrent clients. */
    double textsPerSecond(int clients, int maxBatch, int tokens, long forMillis) throws IOException {
        return Double.parseDouble(ask("clients " + clients + " " + maxBatch + " " + tokens + " " + forMillis));
    }

    /** Pooled vector of a text. */
    float[] vector(long[] ids) throws IOException {
        var text = new StringBuilder("vector");
        for (var id : ids) {
            text.append(' ').append(id);
        }
        var words = ask(text.toString()).split(" ", -1);
        var values = new float[words.length];
        for (int i = 0; i < words.length; i++) {
            values[i] = Float.parseFloat(words[i]);
        }
        return values;
    }

    /** Memory that is in RAM now and belongs to the process alone. */
    double residentMib() throws IOException {
        try (var lines = Files.lines(Path.of("/proc/" + process.pid() + "/status"))) {
            return Arrays.stream(lines.filter(line -> line.startsWith("VmRSS:"))
                                    .findFirst()
                                    .orElseThrow()
                                    .split("\\s+", -1))
                            .skip(1)
                            .findFirst()
                            .map(Long::parseLong)
                            .orElseThrow()
                    / 1024.0;
        }
    }

    private String ask(String line) throws IOException {
        var out = process.outputWriter(StandardCharsets.UTF_8);
        out.write(line);
        out.newLine();
        out.flush();
        var answer = answers.readLine();
        if (answer == null) {
            throw new IOException("the engine ended at: " + line.substring(0, Math.min(40, line.length())));
        }
        return answer;
    }

    @Override
    public void close() {
        try {
            process.outputWriter(StandardCharsets.UTF_8).close();
            process.waitFor();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            process.destroyForcibly();
            Thread.currentThread().interrupt();
        }
    }
}
