package dev.quantgate.worker.api.backend;

import dev.quantgate.worker.api.Cancellation;
import dev.quantgate.worker.api.FailureKind;
import dev.quantgate.worker.api.ProgressListener;
import dev.quantgate.worker.api.QuantizationReport;
import dev.quantgate.worker.api.QuantizationType;
import dev.quantgate.worker.api.WorkerException;
import dev.quantgate.worker.api.WorkerFailure;
import java.nio.file.Path;
import java.util.List;

/**
 * An inference engine: checks, loads and quantises model artifacts. Owns its native memory. Thread-safe; the methods
 * that touch files block and are called off the event loop. Planned failures are thrown as {@link WorkerException}.
 */
public interface Backend extends AutoCloseable {
    /** The provider's name. */
    String name();

    /** Engine version and kernels; loads the engine if it is not loaded yet. */
    EngineInfo engine();

    /** True if the file or folder looks like one of this backend's formats (magic bytes, folder layout). Cheap. */
    boolean recognizes(Path artifact);

    /**
     * The airlock: verifies an untrusted artifact in Java, before native code sees it.
     *
     * @throws WorkerException INVALID_MODEL with what is wrong and what was expected
     */
    ArtifactInfo inspect(Path artifact);

    /**
     * The airlock for LoRA adapters: verifies an untrusted file in Java against the model that it is meant for.
     *
     * @param adapter the file
     * @param base main file or folder of a verified variant of the model
     * @throws WorkerException INVALID_MODEL with what is wrong and what was expected, UNSUPPORTED
     */
    default AdapterInfo inspectAdapter(Path adapter, Path base) {
        throw WorkerFailure.of(FailureKind.UNSUPPORTED, "models of " + name() + " take no LoRA adapters")
                .asException();
    }

    /** The types it can make. */
    List<QuantizationType> quantizationTypes();

    /**
     * Loads a variant. The artifact has been inspected when it was published and is inspected again here.
     *
     * @param artifact main file or folder of the variant
     * @throws WorkerException INVALID_MODEL, OUT_OF_MEMORY, CANCELLED
     */
    LoadedModel load(Path artifact, LoadOptions options, ProgressListener progress, Cancellation cancellation);

    /**
     * Predicted size of what {@link #quantize} writes, in bytes; an upper bound is fine. Refuses what that would refuse.
     */
    long quantizedSizeBytes(QuantizationJob job);

    /**
     * Quantises {@code job.source()} into {@code job.outputFolder()}, which exists and is empty; writes the
     * files there and verifies them by opening them again. The caller syncs them. Never touches the source.
     *
     * @throws WorkerException FAILED_PRECONDITION, INVALID_REQUEST, DISK_FULL, CANCELLED, INVALID_MODEL
     */
    QuantizationReport quantize(QuantizationJob job, ProgressListener progress, Cancellation cancellation);

    /** Closes every model that is still open. */
    @Override
    void close();
}
