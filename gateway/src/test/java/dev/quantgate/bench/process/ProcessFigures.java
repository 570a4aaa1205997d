package dev.quantgate.bench.process;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** What the kernel knows of a process, from {@code /proc}. */
final class ProcessFigures {
    // Linux reports in hundredths of a second to user space, whatever its own tick is.
    private static final double TICKS_PER_SECOND = 100;
    private static final long BYTES_PER_KIB = 1024;
    // Counted after the command name, which may itself hold spaces and parentheses.
    private static final int USER_TICKS = 11;
    private static final int SYSTEM_TICKS = 12;

    private ProcessFigures() {}

    static double cpuSeconds(long pid) throws IOException {
        return parseCpuSeconds(Files.readString(Path.of("/proc/" + pid + "/stat")));
    }

    static long residentBytes(long pid) throws IOException {
        return parseResidentBytes(Files.readString(Path.of("/proc/" + pid + "/status")));
    }

    static int openFiles(long pid) throws IOException {
        try (var files = Files.list(Path.of("/proc/" + pid + "/fd"))) {
            return Math.toIntExact(files.count());
        }
    }

    static int threads(long pid) throws IOException {
        return Math.toIntExact(parseNumber(Files.readString(Path.of("/proc/" + pid + "/status")), "Threads:"));
    }

    static double parseCpuSeconds(String stat) {
        var fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ", -1);
        return (Long.parseLong(fields[USER_TICKS]) + Long.parseLong(fields[SYSTEM_TICKS])) / TICKS_PER_SECOND;
    }

    static long parseResidentBytes(String status) {
        return parseNumber(status, "VmRSS:") * BYTES_PER_KIB;
    }

    private static long parseNumber(String status, String name) {
        return status.lines()
                .filter(line -> line.startsWith(name))
                .map(line -> line.replaceAll("[^0-9]", ""))
                .mapToLong(Long::parseLong)
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException(
                        "status: no " + name.replace(":", "") + " (expected: a running process)"));
    }
}
