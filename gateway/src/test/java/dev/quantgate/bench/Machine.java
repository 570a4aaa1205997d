package dev.quantgate.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;

/** The machine that figures come from. */
public final class Machine {
    private static final double BYTES_PER_GIB = 1L << 30;
    private static final long BYTES_PER_KIB = 1024;

    private Machine() {}

    /** One line: processor, cores, memory, kernel, Java. */
    public static String description() throws IOException {
        return String.format(
                Locale.ROOT,
                "%s, %d cores, %.0f GiB, Linux %s, Java %s",
                field(Path.of("/proc/cpuinfo"), "model name"),
                cores(),
                memoryBytes() / BYTES_PER_GIB,
                System.getProperty("os.version"),
                System.getProperty("java.version"));
    }

    /** Processors that may be used. */
    public static int cores() {
        return Runtime.getRuntime().availableProcessors();
    }

    /** Load average over the last minute. */
    public static double load() throws IOException {
        var text = Files.readString(Path.of("/proc/loadavg"));
        return Double.parseDouble(text.substring(0, text.indexOf(' ')));
    }

    private static long memoryBytes() throws IOException {
        var total = field(Path.of("/proc/meminfo"), "MemTotal");
        return Long.parseLong(total.substring(0, total.indexOf(' '))) * BYTES_PER_KIB;
    }

    private static String field(Path file, String name) throws IOException {
        try (var lines = Files.lines(file)) {
            return lines.filter(line -> line.startsWith(name))
                    .findFirst()
                    .map(line -> line.substring(line.indexOf(':') + 1).strip())
                    .orElse("unknown");
        }
    }
}
