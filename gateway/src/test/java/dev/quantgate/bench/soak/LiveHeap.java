package dev.quantgate.bench.soak;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.regex.Pattern;

/** The part of another JVM's heap that is reachable, asked for with the JDK's own tool. */
final class LiveHeap {
    private static final Pattern USED = Pattern.compile("total \\d+K, used (\\d+)K");
    private static final double KIB_PER_MIB = 1024;

    private LiveHeap() {}

    /** Collects garbage and counts what is left, in MiB. */
    static double mib(long pid) throws IOException, InterruptedException {
        var unused = jcmd(pid, "GC.run");
        return parse(jcmd(pid, "GC.heap_info"));
    }

    /** Adds up the generations of {@code GC.heap_info}. */
    static double parse(String heapInfo) {
        var kib = USED.matcher(heapInfo)
                .results()
                .mapToLong(found -> Long.parseLong(found.group(1)))
                .sum();
        if (kib == 0) {
            throw new IllegalArgumentException("heapInfo: " + heapInfo + " (expected: generations with their use)");
        }
        return kib / KIB_PER_MIB;
    }

    private static String jcmd(long pid, String command) throws IOException, InterruptedException {
        var tool = Path.of(System.getProperty("java.home"), "bin", "jcmd").toString();
        var process = new ProcessBuilder(tool, String.valueOf(pid), command)
                .redirectErrorStream(true)
                .start();
        var output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        if (process.waitFor() != 0) {
            throw new IOException("jcmd " + command + ": " + output.strip());
        }
        return output;
    }
}
