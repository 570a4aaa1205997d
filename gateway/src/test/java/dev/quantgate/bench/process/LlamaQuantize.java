package dev.quantgate.bench.process;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** llama.cpp's own quantiser. */
public final class LlamaQuantize {
    private final Path executable;
    private final int threads;

    public LlamaQuantize(Path executable, int threads) {
        this.executable = executable;
        this.threads = threads;
    }

    /** Quantises a file that may be quantised already. */
    public void run(Path source, Path target, String type, Path log) throws IOException, InterruptedException {
        Files.createDirectories(log.toAbsolutePath().getParent());
        var process = new ProcessBuilder(
                        executable.toString(),
                        "--allow-requantize",
                        source.toString(),
                        target.toString(),
                        type,
                        String.valueOf(threads))
                .redirectErrorStream(true)
                .redirectInput(new File("/dev/null"))
                .redirectOutput(log.toFile())
                .start();
        var status = process.waitFor();
        if (status != 0) {
            throw new IllegalStateException(executable.getFileName() + " ended with status " + status + "; see " + log);
        }
    }
}
