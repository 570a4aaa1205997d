package dev.quantgate.worker.torch;

import dev.quantgate.natives.torch.CpuFeatures;
import dev.quantgate.natives.torch.TorchInfo;
import dev.quantgate.natives.torch.TorchRuntime;
import dev.quantgate.worker.api.Cancellation;
import dev.quantgate.worker.api.FailureKind;
import dev.quantgate.worker.api.ProgressListener;
import dev.quantgate.worker.api.QuantizationReport;
import dev.quantgate.worker.api.QuantizationType;
import dev.quantgate.worker.api.WorkerFailure;
import dev.quantgate.worker.api.backend.ArtifactInfo;
import dev.quantgate.worker.api.backend.Backend;
import dev.quantgate.worker.api.backend.EngineInfo;
import dev.quantgate.worker.api.backend.LoadOptions;
import dev.quantgate.worker.api.backend.LoadedModel;
import dev.quantgate.worker.api.backend.QuantizationJob;
import dev.quantgate.worker.torch.quantize.CheckpointQuantizer;
import dev.quantgate.worker.torch.quantize.EncoderQuantization;
import dev.quantgate.worker.torch.quantize.Precision;
import dev.quantgate.worker.torch.tokenize.EncoderTokenizer;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Serves and quantises transformer encoders on libtorch. Starts the engine at first use. Thread-safe. */
final class LibtorchBackend implements Backend {

    private static final Logger LOG = LoggerFactory.getLogger(LibtorchBackend.class);

    private final LibtorchOptions options;
    private final long memoryLimitBytes;
    private final Set<LibtorchModel> loaded = ConcurrentHashMap.newKeySet();

    LibtorchBackend(LibtorchOptions options, long memoryLimitBytes) {
        this.options = options;
        this.memoryLimitBytes = memoryLimitBytes;
    }

    @Override
    public String name() {
        return LibtorchBackendProvider.NAME;
    }

    @Override
    public EngineInfo engine() {
        TorchInfo info = runtime(ignored -> {}).info();
        return new EngineInfo(
                info.version(),
                info.cpuCapability().toLowerCase(Locale.ROOT),
                "int8 on " + info.engine().name().toLowerCase(Locale.ROOT) + ", " + info.threads()
                        + " threads an operator");
    }

    /** Receives the part of the libraries that is unpacked, 0 to 1. */
    @FunctionalInterface
    private interface UnpackFraction {
        void at(double fraction);
    }

    private TorchRuntime runtime(UnpackFraction progress) {
        EncoderTokenizer.unpackInto(options.torch().cacheDirectory());
        return TorchRuntime.start(options.torch(), (library, done, total) -> progress.at((double) done / total));
    }

    @Override
    public boolean recognizes(Path artifact) {
        return EncoderArtifact.looksLikeOne(artifact);
    }

    @Override
    public ArtifactInfo inspect(Path artifact) {
        try {
            return EncoderArtifact.inspect(artifact);
        } catch (IOException | RuntimeException e) {
            throw Failures.translate(e);
        }
    }

    @Override
    public List<QuantizationType> quantizationTypes() {
        return Arrays.stream(Precision.values())
                .filter(precision -> precision != Precision.FP32)
                .map(precision -> new QuantizationType(
                        precision.typeName(),
                        name(),
                        precision.bits(),
                        false,
                        precision.description(CpuFeatures.current()),
                        precision == Precision.DYNAMIC_INT8))
                .toList();
    }

    @Override
    public LoadedModel load(
            Path artifact, LoadOptions loadOptions, ProgressListener progress, Cancellation cancellation) {
        try {
            Path folder = EncoderArtifact.folder(artifact);
            EncoderArtifact.inspect(folder);
            requireMemory(EncoderArtifact.memoryBytes(folder));
            runtime(fraction -> progress.progress(fraction / 2, "unpacking libtorch"));
            if (cancellation.isCancelled()) {
                throw WorkerFailure.of(FailureKind.CANCELLED, "loading was cancelled")
                        .asException();
            }
            progress.progress(0.5, "loading tensors");
            LibtorchModel model = LibtorchModel.load(folder, loadOptions.displayName(), options, loaded::remove);
            loaded.add(model);
            LOG.atInfo()
                    .addKeyValue("modelId", loadOptions.displayName())
                    .addKeyValue("bytes", model.memoryBytes())
                    .log("model loaded");
            return model;
        } catch (IOException | RuntimeException e) {
            throw Failures.translate(e);
        }
    }

    private void requireMemory(long bytes) {
        long taken = loaded.stream().mapToLong(LibtorchModel::memoryBytes).sum();
        if (taken + bytes > memoryLimitBytes) {
            throw WorkerFailure.of(
                            FailureKind.OUT_OF_MEMORY,
                            bytes + " bytes beside " + taken + " in use (expected: at most " + memoryLimitBytes + ")")
                    .asException();
        }
    }

    @Override
    public long quantizedSizeBytes(QuantizationJob job) {
        try {
            return new CheckpointQuantizer(EncoderArtifact.folder(job.source()), precision(job)).predictedBytes();
        } catch (IOException | RuntimeException e) {
            throw Failures.translate(precise(e));
        }
    }

    @Override
    public QuantizationReport quantize(QuantizationJob job, ProgressListener progress, Cancellation cancellation) {
        try {
            Precision precision = precision(job);
            Path source = EncoderArtifact.folder(job.source());
            runtime(fraction -> progress.progress(0, "unpacking libtorch"));
            dev.quantgate.worker.torch.quantize.QuantizationReport report = new EncoderQuantization(
                            source, job.outputFolder(), precision)
                    .run(progress::progress, cancellation::isCancelled);
            return new QuantizationReport(
                    report.sourceBytes(),
                    report.quantizedBytes(),
                    report.duration(),
                    report.figures(),
                    EncoderArtifact.inspect(job.outputFolder()).tensorTypes());
        } catch (IOException | RuntimeException e) {
            throw Failures.translate(precise(e));
        }
    }

    private static Precision precision(QuantizationJob job) {
        return Precision.of(job.type().name());
    }

    /** The quantiser's own refusals: a quantised source is a matter of state, a wrong precision one of the request. */
    private static Throwable precise(Exception e) {
        if (e.getClass() == IllegalStateException.class) {
            return WorkerFailure.of(FailureKind.FAILED_PRECONDITION, String.valueOf(e.getMessage()))
                    .asException();
        }
        if (e.getClass() == IllegalArgumentException.class) {
            return WorkerFailure.invalid("quantization_type", String.valueOf(e.getMessage()))
                    .asException();
        }
        return e;
    }

    @Override
    public void close() {
        loaded.forEach(LibtorchModel::close);
    }
}
