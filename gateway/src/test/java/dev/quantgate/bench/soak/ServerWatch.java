package dev.quantgate.bench.soak;

import dev.quantgate.bench.process.ServerProcess;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;

/** Looks at a server's process each second. */
final class ServerWatch implements AutoCloseable {
    private static final double BYTES_PER_MIB = 1 << 20;
    private static final double SECONDS_PER_MINUTE = 60;

    /**
     * The process at one moment.
     *
     * @param second seconds since the watch began
     * @param residentMib memory that is in RAM
     * @param files open file descriptors
     * @param threads threads
     */
    record Sample(double second, double residentMib, int files, int threads) {}

    private final ServerProcess process;
    private final long start = System.nanoTime();
    private final List<Sample> samples = new ArrayList<>();
    private final CompletableFuture<Void> lost = new CompletableFuture<>();
    private final ScheduledExecutorService clock = Executors.newSingleThreadScheduledExecutor();

    ServerWatch(ServerProcess process) {
        this.process = process;
        var unused = clock.scheduleAtFixedRate(this::look, 0, 1, TimeUnit.SECONDS);
    }

    private void look() {
        try {
            var sample = sample();
            synchronized (samples) {
                samples.add(sample);
            }
        } catch (IOException | IllegalArgumentException gone) {
            lost.completeExceptionally(gone);
        }
    }

    /** The process now. */
    Sample sample() throws IOException {
        return new Sample(
                Duration.ofNanos(System.nanoTime() - start).toMillis() / 1000.0,
                process.residentBytes() / BYTES_PER_MIB,
                process.openFiles(),
                process.threads());
    }

    /** Fails when the process is gone. */
    CompletableFuture<Void> lost() {
        return lost;
    }

    List<Sample> samples() {
        synchronized (samples) {
            return List.copyOf(samples);
        }
    }

    /** Growth of the memory in RAM in MiB a minute: the slope of the line through the samples (least squares). */
    static double slopeMibPerMinute(List<Sample> samples) {
        var meanX = samples.stream().mapToDouble(Sample::second).average().orElse(0);
        var meanY = samples.stream().mapToDouble(Sample::residentMib).average().orElse(0);
        double above = 0;
        double below = 0;
        for (var sample : samples) {
            above += (sample.second() - meanX) * (sample.residentMib() - meanY);
            below += (sample.second() - meanX) * (sample.second() - meanX);
        }
        return below == 0 ? 0 : above / below * SECONDS_PER_MINUTE;
    }

    @Override
    public void close() {
        clock.shutdownNow();
    }
}
