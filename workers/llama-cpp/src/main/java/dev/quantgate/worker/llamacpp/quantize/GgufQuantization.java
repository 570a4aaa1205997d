package dev.quantgate.worker.llamacpp.quantize;

import dev.quantgate.natives.llama.CancelFlag;
import dev.quantgate.natives.llama.LlamaException;
import dev.quantgate.natives.llama.QuantizeOptions;
import dev.quantgate.natives.llama.QuantizePlan;
import dev.quantgate.natives.llama.QuantizedTensor;
import dev.quantgate.natives.llama.Quantizer;
import dev.quantgate.worker.api.Cancellation;
import dev.quantgate.worker.api.FailureKind;
import dev.quantgate.worker.api.ProgressListener;
import dev.quantgate.worker.api.QuantizationReport;
import dev.quantgate.worker.api.WorkerException;
import dev.quantgate.worker.api.WorkerFailure;
import dev.quantgate.worker.api.backend.QuantizationJob;
import dev.quantgate.worker.llamacpp.gguf.GgufFormatException;
import dev.quantgate.worker.llamacpp.gguf.GgufInfo;
import dev.quantgate.worker.llamacpp.gguf.ImportanceMatrix;
import dev.quantgate.worker.llamacpp.gguf.Limits;
import dev.quantgate.worker.llamacpp.gguf.QuantizationType;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.CancellationException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** One quantisation, from the checks to the proof that the new file works. */
public final class GgufQuantization {
    private static final Logger LOGGER = LoggerFactory.getLogger(GgufQuantization.class);

    /** Name of the file it makes in the output folder. */
    public static final String OUTPUT_NAME = "model.gguf";

    /** Share of the time that goes into making tensors; the rest is checking. */
    private static final double TENSORS_SHARE = 0.95;

    private final QuantizationJob job;
    private final QuantizationType type;
    private final GgufInfo source;
    private final QuantizeOptions options;
    private final QuantizePlan plan;
    private final VerifiedFiles files;

    private GgufQuantization(
            QuantizationJob job,
            QuantizationType type,
            GgufInfo source,
            QuantizeOptions options,
            QuantizePlan plan,
            VerifiedFiles files) {
        this.job = job;
        this.type = type;
        this.source = source;
        this.options = options;
        this.plan = plan;
        this.files = files;
    }

    /**
     * Checks what was asked for.
     *
     * @throws WorkerException INVALID_MODEL, INVALID_REQUEST, FAILED_PRECONDITION
     */
    public static GgufQuantization prepare(QuantizationJob job, int threads, VerifiedFiles files) {
        var type = QuantizationTypes.named(job.type().name());
        var source = files.verify(job.source());
        if (source.isQuantized() && !job.allowRequantize()) {
            throw precondition("the source is quantised already (" + source.majorityType()
                    + "); quantising it again loses quality twice and needs allow_requantize");
        }
        if (type.needsImportanceMatrix() && job.importanceMatrix().isEmpty()) {
            throw needsMatrix(type);
        }
        var options = QuantizeOptions.of(QuantizationTypes.nativeType(type), threads)
                .withAllowRequantize(job.allowRequantize());
        if (job.importanceMatrix().isPresent()) {
            options = options.withImportanceMatrix(
                    readMatrix(job.importanceMatrix().get(), source));
        }
        var plan = plan(job, type, options);
        if (plan.needsImportanceMatrix()) {
            throw needsMatrix(type);
        }
        return new GgufQuantization(job, type, source, options, plan, files);
    }

    /** Whether this is what is to be made for {@code other}. */
    public boolean isFor(QuantizationJob other) {
        return job.equals(other);
    }

    /** Predicted size of the output, in bytes. */
    public long outputBytes() {
        return plan.outputBytes();
    }

    /**
     * Makes the file and verifies it anew. The caller generates with it and syncs it before it is published.
     *
     * @throws WorkerException FAILED_PRECONDITION, DISK_FULL, CANCELLED, INVALID_MODEL
     */
    public QuantizationReport run(ProgressListener progress, Cancellation cancellation) {
        var startedAt = System.nanoTime();
        requireRoom(plan.outputBytes());
        var output = job.outputFolder().resolve(OUTPUT_NAME);
        try {
            write(output, progress, cancellation);
            progress.progress(TENSORS_SHARE, "checking the new file");
            var made = files.verify(output);
            progress.progress(1, "done");
            return new QuantizationReport(
                    source.weightsBytes(),
                    made.weightsBytes(),
                    Duration.ofNanos(System.nanoTime() - startedAt),
                    Map.of(),
                    ModelFiles.tensorTypes(made));
        } catch (RuntimeException e) {
            deleteQuietly(output);
            throw e;
        }
    }

    private static QuantizePlan plan(QuantizationJob job, QuantizationType type, QuantizeOptions options) {
        try {
            return Quantizer.plan(job.source(), options);
        } catch (LlamaException e) {
            throw new WorkerException(
                    WorkerFailure.of(FailureKind.INVALID_MODEL, "llama.cpp cannot quantise this model to " + type), e);
        } catch (IOException e) {
            throw new WorkerException(
                    WorkerFailure.of(FailureKind.INVALID_MODEL, "the model's file cannot be read"), e);
        }
    }

    private void write(Path output, ProgressListener progress, Cancellation cancellation) {
        var cancel = new CancelFlag();
        cancellation.onCancel(cancel::cancel);
        var total =
                plan.tensors().stream().mapToLong(QuantizedTensor::fromBytes).sum();
        var done = new long[1];
        try {
            Quantizer.quantize(
                    job.source(),
                    output,
                    options,
                    plan,
                    tensor -> {
                        done[0] += tensor.fromBytes();
                        progress.progress(
                                TENSORS_SHARE * done[0] / Math.max(1, total),
                                "tensor " + tensor.index() + " of " + tensor.count());
                    },
                    cancel);
        } catch (CancellationException e) {
            throw new WorkerException(WorkerFailure.of(FailureKind.CANCELLED, "the quantisation was cancelled"), e);
        } catch (LlamaException e) {
            // llama.cpp reports a failed write and a failed conversion alike; room on the disk tells them apart.
            if (roomBytes() < plan.outputBytes() - sizeOf(output)) {
                throw new WorkerException(diskFailure(plan.outputBytes()), e);
            }
            throw new WorkerException(
                    WorkerFailure.of(FailureKind.INVALID_MODEL, "llama.cpp cannot quantise this model to " + type), e);
        }
    }

    private void requireRoom(long bytes) {
        if (roomBytes() < bytes) {
            throw diskFailure(bytes).asException();
        }
    }

    private WorkerFailure diskFailure(long neededBytes) {
        return WorkerFailure.of(
                FailureKind.DISK_FULL,
                "the variant needs " + neededBytes + " bytes, the store's disk has " + roomBytes() + " left");
    }

    private long roomBytes() {
        try {
            return Files.getFileStore(job.outputFolder()).getUsableSpace();
        } catch (IOException e) {
            throw new WorkerException(
                    WorkerFailure.of(FailureKind.STORE_READ_ONLY, "the store's disk cannot be read"), e);
        }
    }

    private static long sizeOf(Path file) {
        try {
            return Files.size(file);
        } catch (IOException e) {
            return 0;
        }
    }

    private static void deleteQuietly(Path file) {
        try {
            Files.deleteIfExists(file);
        } catch (IOException e) {
            LOGGER.atWarn()
                    .addKeyValue("file", file.getFileName())
                    .setCause(e)
                    .log("a half-made file could not be deleted");
        }
    }

    private static Map<String, float[]> readMatrix(Path file, GgufInfo source) {
        try {
            var matrix = ImportanceMatrix.read(file, Limits.DEFAULT);
            matrix.requireFits(source.file());
            var values = new HashMap<String, float[]>();
            for (var name : matrix.tensorNames()) {
                if (source.file().tensors().containsKey(name)) {
                    matrix.values(name).ifPresent(row -> values.put(name, row));
                }
            }
            return values;
        } catch (GgufFormatException e) {
            throw new WorkerException(
                    WorkerFailure.invalid("importance_matrix_uri", String.valueOf(e.getMessage())), e);
        } catch (IOException e) {
            throw new WorkerException(
                    WorkerFailure.invalid("importance_matrix_uri", "cannot be read (expected: a readable file)"), e);
        }
    }

    private static WorkerException needsMatrix(QuantizationType type) {
        return precondition(type + " needs an importance matrix for this model; none was given");
    }

    private static WorkerException precondition(String message) {
        return WorkerFailure.of(FailureKind.FAILED_PRECONDITION, message).asException();
    }
}
