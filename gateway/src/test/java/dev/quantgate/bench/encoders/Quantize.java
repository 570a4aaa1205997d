package dev.quantgate.bench.encoders;

import dev.quantgate.natives.torch.TorchRuntime;
import dev.quantgate.natives.torch.TorchSettings;
import dev.quantgate.worker.torch.quantize.CheckpointQuantizer;
import dev.quantgate.worker.torch.quantize.Precision;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** Quantises a folder with the worker's code, in a process of its own: this one stays without an engine. */
final class Quantize {
    private Quantize() {}

    static void inOwnProcess(Path source, Path target, String mode, Path log) throws IOException {
        Files.createDirectories(target);
        Files.createDirectories(log.toAbsolutePath().getParent());
        Files.copy(
                source.resolve("config.json"),
                target.resolve("config.json"),
                java.nio.file.StandardCopyOption.REPLACE_EXISTING);
        var process = new ProcessBuilder(List.of(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-cp",
                        System.getProperty("java.class.path"),
                        Quantize.class.getName(),
                        source.toString(),
                        target.toString(),
                        mode))
                .redirectErrorStream(true)
                .redirectOutput(log.toFile())
                .start();
        try {
            if (process.waitFor() != 0) {
                throw new IOException(mode + " of " + source + " was not made:\n" + Files.readString(log));
            }
        } catch (InterruptedException e) {
            process.destroyForcibly();
            Thread.currentThread().interrupt();
        }
    }

    /** Quantises; arguments: source folder, target folder, precision. */
    public static void main(String[] args) throws IOException {
        var unused = TorchRuntime.start(TorchSettings.defaults());
        var layers = new CheckpointQuantizer(Path.of(args[0]), Precision.of(args[2]))
                .write(Path.of(args[1]), (tensor, tensors, name) -> {}, () -> false);
        System.out.println(layers.size() + " matrices");
    }
}
