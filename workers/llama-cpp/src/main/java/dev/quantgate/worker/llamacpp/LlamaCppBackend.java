package dev.quantgate.worker.llamacpp;

import dev.quantgate.natives.llama.LlamaCpp;
import dev.quantgate.natives.llama.LlamaException;
import dev.quantgate.natives.llama.LlamaModel;
import dev.quantgate.natives.llama.ModelOptions;
import dev.quantgate.worker.api.Cancellation;
import dev.quantgate.worker.api.FailureKind;
import dev.quantgate.worker.api.ProgressListener;
import dev.quantgate.worker.api.QuantizationReport;
import dev.quantgate.worker.api.QuantizationType;
import dev.quantgate.worker.api.WorkerException;
import dev.quantgate.worker.api.WorkerFailure;
import dev.quantgate.worker.api.backend.AdapterInfo;
import dev.quantgate.worker.api.backend.ArtifactInfo;
import dev.quantgate.worker.api.backend.Backend;
import dev.quantgate.worker.api.backend.BackendSettings;
import dev.quantgate.worker.api.backend.EngineInfo;
import dev.quantgate.worker.api.backend.LoadOptions;
import dev.quantgate.worker.api.backend.LoadedModel;
import dev.quantgate.worker.api.backend.QuantizationJob;
import dev.quantgate.worker.llamacpp.generate.AdapterChoice;
import dev.quantgate.worker.llamacpp.generate.LlamaDecodeEngine;
import dev.quantgate.worker.llamacpp.gguf.GgufInfo;
import dev.quantgate.worker.llamacpp.quantize.GgufQuantization;
import dev.quantgate.worker.llamacpp.quantize.ModelFiles;
import dev.quantgate.worker.llamacpp.quantize.QuantizationTypes;
import dev.quantgate.worker.llamacpp.quantize.VerifiedFiles;
import dev.quantgate.worker.llamacpp.session.Sessions;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Serves and quantises GGUF models with llama.cpp. */
final class LlamaCppBackend implements Backend {
    static final String NAME = "llama.cpp";

    private static final Logger LOGGER = LoggerFactory.getLogger(LlamaCppBackend.class);

    private final BackendSettings settings;
    private final EngineOptions options;
    private final int threads;
    private final LoadedModels models;
    private final VerifiedFiles files = new VerifiedFiles();
    private final AtomicReference<@Nullable GgufQuantization> prepared = new AtomicReference<>();

    LlamaCppBackend(BackendSettings settings) {
        this.settings = settings;
        try {
            LlamaCpp.checkEnvironment();
        } catch (LlamaException e) {
            throw new WorkerException(WorkerFailure.of(FailureKind.INVALID_REQUEST, String.valueOf(e.getMessage())), e);
        }
        options = EngineOptions.parse(settings);
        // More native threads than cores cost a factor of three and more.
        threads = Math.min(settings.threads(), Runtime.getRuntime().availableProcessors());
        models = new LoadedModels(settings.memoryLimitBytes());
    }

    @Override
    public String name() {
        return NAME;
    }

    @Override
    public EngineInfo engine() {
        var info = LlamaCpp.load().info();
        var kernels = info.ownKernels() ? " | own kernels" : "";
        return new EngineInfo("v" + info.version(), info.cpuVariant(), info.systemInfo() + kernels);
    }

    @Override
    public boolean recognizes(Path artifact) {
        return ModelFiles.hasMagic(artifact);
    }

    @Override
    public ArtifactInfo inspect(Path artifact) {
        return ModelFiles.describe(artifact, files.verify(artifact));
    }

    @Override
    public AdapterInfo inspectAdapter(Path adapter, Path base) {
        var info = ModelFiles.verifyAdapter(adapter, files.verify(base).file());
        return new AdapterInfo(info.rank(), info.alpha());
    }

    @Override
    public List<QuantizationType> quantizationTypes() {
        return QuantizationTypes.offered(NAME);
    }

    @Override
    public LoadedModel load(
            Path artifact, LoadOptions loadOptions, ProgressListener progress, Cancellation cancellation) {
        progress.progress(0, "checking the file");
        // The first time, the libraries come in while Java reads the file; a failure comes again when they are used.
        var unused = CompletableFuture.runAsync(LlamaCpp::load);
        var info = files.verify(artifact);
        var shape = shape(loadOptions);
        var tuning = tuning(loadOptions);
        var requested = loadOptions.contextTokens() > 0 ? loadOptions.contextTokens() : settings.contextTokens();
        var reservation = models.reserve(free -> ContextPlan.choose(info, shape, tuning, requested, free));
        try {
            progress.progress(0, "loading tensors");
            var model = open(artifact, loadOptions, progress, cancellation);
            try {
                return serve(model, info, loadOptions, reservation, progress);
            } catch (RuntimeException e) {
                model.close();
                throw e;
            }
        } catch (LlamaException e) {
            reservation.cancel();
            throw new WorkerException(
                    WorkerFailure.of(
                            FailureKind.INVALID_MODEL, "llama.cpp refused the model; the worker's log says why"),
                    e);
        } catch (RuntimeException e) {
            reservation.cancel();
            throw e;
        }
    }

    /** A trial is one short generation and needs no room for others. */
    private BackendSettings shape(LoadOptions loadOptions) {
        return loadOptions.trial() ? settings.withSequences(1) : settings;
    }

    private EngineOptions tuning(LoadOptions loadOptions) {
        var tuning = loadOptions.trial() ? options.forTrial() : options;
        return tuning.withKernels(LlamaCpp.load().info().ownKernels());
    }

    private LoadedModel serve(
            LlamaModel model,
            GgufInfo info,
            LoadOptions loadOptions,
            LoadedModels.Reservation reservation,
            ProgressListener progress) {
        var shape = shape(loadOptions);
        var tuning = tuning(loadOptions);
        var plan = reservation.plan();
        var draft = tuning.draftModel()
                .map(file -> LoadedDraft.load(file, model, plan, tuning, shape.sequences(), threads, reservation));
        try {
            var engine = new LlamaDecodeEngine(model, plan.contextOptions(tuning, threads), reservation);
            progress.progress(1, "ready");
            LOGGER.atInfo()
                    .addKeyValue("modelId", loadOptions.displayName())
                    .addKeyValue("contextTokens", plan.contextTokens())
                    .addKeyValue("kvTokens", engine.kvTokens())
                    .addKeyValue("memoryBytes", reservation.bytes())
                    .addKeyValue("threads", threads)
                    .log("model loaded");
            return reservation.keep(new LlamaCppModel(
                    loadOptions.displayName(),
                    model,
                    engine,
                    draft,
                    reservation,
                    shape,
                    tuning,
                    threads,
                    new AdapterChoice(info.file(), loadOptions.adapters()),
                    sessions(loadOptions, info, tuning),
                    models::closed));
        } catch (RuntimeException e) {
            draft.ifPresent(LoadedDraft::close);
            throw e;
        }
    }

    private Sessions.Settings sessions(LoadOptions loadOptions, GgufInfo info, EngineOptions tuning) {
        var window = info.hyperParameters().architecture() + ".attention.sliding_window";
        return new Sessions.Settings(
                loadOptions.sessions(),
                engine().version(),
                tuning.keyType().name(),
                tuning.valueType().name(),
                tuning.flashAttention().name(),
                tuning.sessionBytes(),
                info.file().metadata().containsKey(window));
    }

    private LlamaModel open(
            Path artifact, LoadOptions loadOptions, ProgressListener progress, Cancellation cancellation) {
        // Rearranging the weights for faster kernels takes longer than a trial's few tokens.
        var modelOptions = ModelOptions.defaults()
                .withMmap(options.mmap())
                .withMlock(options.mlock() && !loadOptions.trial())
                .withExtraBuffers(!loadOptions.trial());
        try {
            return LlamaModel.open(artifact, modelOptions, fraction -> {
                progress.progress(fraction, "loading tensors");
                return !cancellation.isCancelled();
            });
        } catch (CancellationException e) {
            throw new WorkerException(WorkerFailure.of(FailureKind.CANCELLED, "the load was cancelled"), e);
        }
    }

    @Override
    public long quantizedSizeBytes(QuantizationJob job) {
        var quantization = GgufQuantization.prepare(job, threads, files);
        prepared.set(quantization);
        return quantization.outputBytes();
    }

    @Override
    public QuantizationReport quantize(QuantizationJob job, ProgressListener progress, Cancellation cancellation) {
        // Who asks for the size before has had everything prepared.
        var ready = prepared.getAndSet(null);
        var quantization = ready != null && ready.isFor(job) ? ready : GgufQuantization.prepare(job, threads, files);
        return quantization.run(progress, cancellation);
    }

    @Override
    public void close() {
        models.closeAll();
    }
}
