package dev.quantgate.worker.testing;

import dev.quantgate.worker.api.Cancellation;
import dev.quantgate.worker.api.FailureKind;
import dev.quantgate.worker.api.ProgressListener;
import dev.quantgate.worker.api.QuantizationReport;
import dev.quantgate.worker.api.QuantizationType;
import dev.quantgate.worker.api.Task;
import dev.quantgate.worker.api.WorkerException;
import dev.quantgate.worker.api.WorkerFailure;
import dev.quantgate.worker.api.backend.AdapterFiles;
import dev.quantgate.worker.api.backend.AdapterInfo;
import dev.quantgate.worker.api.backend.ArtifactInfo;
import dev.quantgate.worker.api.backend.Backend;
import dev.quantgate.worker.api.backend.EngineInfo;
import dev.quantgate.worker.api.backend.LoadOptions;
import dev.quantgate.worker.api.backend.QuantizationJob;
import dev.quantgate.worker.api.backend.SessionPlace;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;

/** An engine of text files: a model is a file {@code FAKE:<type>:<weights>}. */
public final class FakeBackend implements Backend {
    public static final String NAME = "fake";
    public static final int MODEL_BYTES = 10;

    public final AtomicInteger loads = new AtomicInteger();
    public final AtomicInteger quantizations = new AtomicInteger();
    public final ConcurrentLinkedQueue<FakeModel> open = new ConcurrentLinkedQueue<>();
    public volatile int memoryLimitBytes = Integer.MAX_VALUE;
    public volatile long predictedBytes = 10;
    public volatile boolean quantizesUntilCancelled;
    public volatile boolean closed;

    /** Where the model that was loaded last finds its adapters. */
    public volatile AdapterFiles adapters = AdapterFiles.NONE;

    /** Where it keeps its sessions. */
    public volatile Optional<SessionPlace> sessions = Optional.empty();

    /** Called at {@code load}, {@code quantize}, {@code half} (of the output is written) and {@code written}. */
    public volatile Consumer<String> at = point -> {};

    /** Content for a file that this backend recognises. */
    public static String model(String type, String weights) {
        return "FAKE:" + type + ":" + weights;
    }

    @Override
    public String name() {
        return NAME;
    }

    @Override
    public EngineInfo engine() {
        return new EngineInfo("1.0", "portable", "fake");
    }

    @Override
    public boolean recognizes(Path artifact) {
        return Files.isRegularFile(artifact) && read(artifact).startsWith("FAKE:");
    }

    @Override
    public ArtifactInfo inspect(Path artifact) {
        var parts = read(artifact).split(":", 3);
        if (parts.length != 3 || parts[2].isEmpty()) {
            throw WorkerFailure.of(FailureKind.INVALID_MODEL, "truncated").asException();
        }
        return new ArtifactInfo(
                "llama",
                parts[1],
                parts[1].startsWith("Q"),
                String.valueOf(artifact.getFileName()),
                Map.of("context_length", 128L),
                Set.of(Task.GENERATE),
                Map.of(parts[1], 1L));
    }

    /** An adapter is a file {@code LORA:<rank>}. */
    @Override
    public AdapterInfo inspectAdapter(Path adapter, Path base) {
        inspect(base);
        var text = Files.isRegularFile(adapter) ? read(adapter) : "";
        if (!text.startsWith("LORA:")) {
            throw WorkerFailure.of(FailureKind.INVALID_MODEL, "no adapter").asException();
        }
        at.accept("adapter");
        return new AdapterInfo(Integer.parseInt(text.substring(5)), 1.5f);
    }

    @Override
    public List<QuantizationType> quantizationTypes() {
        return List.of(
                new QuantizationType("Q8_0", NAME, 8.5, false, "eight bits", true),
                new QuantizationType("Q4_0", NAME, 4.5, false, "four bits", false),
                new QuantizationType("IQ1_S", NAME, 1.6, true, "hardly a bit", false));
    }

    @Override
    public FakeModel load(Path artifact, LoadOptions options, ProgressListener progress, Cancellation cancellation) {
        at.accept("load");
        loads.incrementAndGet();
        adapters = options.adapters();
        sessions = options.sessions();
        inspect(artifact);
        if (cancellation.isCancelled()) {
            throw WorkerFailure.of(FailureKind.CANCELLED, "load cancelled").asException();
        }
        var model = new FakeModel(this, options.displayName());
        synchronized (open) {
            if ((open.size() + 1) * MODEL_BYTES > memoryLimitBytes) {
                throw WorkerFailure.of(FailureKind.OUT_OF_MEMORY, "no room").asException();
            }
            open.add(model);
        }
        return model;
    }

    @Override
    public long quantizedSizeBytes(QuantizationJob job) {
        return predictedBytes;
    }

    @Override
    public QuantizationReport quantize(QuantizationJob job, ProgressListener progress, Cancellation cancellation) {
        quantizations.incrementAndGet();
        at.accept("quantize");
        var output = job.outputFolder().resolve("model.fake");
        var content = model(job.type().name(), read(job.source()).split(":", 3)[2]);
        try {
            Files.writeString(output, content.substring(0, content.length() / 2));
            progress.progress(0.5, "half");
            at.accept("half");
            if (quantizesUntilCancelled) {
                Await.until(cancellation::isCancelled);
            }
            if (cancellation.isCancelled()) {
                throw WorkerFailure.of(FailureKind.CANCELLED, "cancelled").asException();
            }
            Files.writeString(output, content);
            progress.progress(1, "all");
            at.accept("written");
            return new QuantizationReport(
                    Files.size(job.source()),
                    Files.size(output),
                    Duration.ofMillis(5),
                    Map.of("cosine_mean", 0.99),
                    Map.of(job.type().name(), 1L));
        } catch (WorkerException planned) {
            throw planned;
        } catch (Exception failed) {
            var full = String.valueOf(failed.getMessage()).contains("No space");
            throw WorkerFailure.of(full ? FailureKind.DISK_FULL : FailureKind.INTERNAL, "write failed")
                    .asException();
        }
    }

    @Override
    public void close() {
        closed = true;
    }

    private static String read(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
    }
}
