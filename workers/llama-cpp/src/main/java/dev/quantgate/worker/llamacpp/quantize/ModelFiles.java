package dev.quantgate.worker.llamacpp.quantize;

import dev.quantgate.worker.api.FailureKind;
import dev.quantgate.worker.api.Task;
import dev.quantgate.worker.api.WorkerException;
import dev.quantgate.worker.api.WorkerFailure;
import dev.quantgate.worker.api.backend.ArtifactInfo;
import dev.quantgate.worker.llamacpp.gguf.AdapterVerifier;
import dev.quantgate.worker.llamacpp.gguf.GgufFile;
import dev.quantgate.worker.llamacpp.gguf.GgufFormatException;
import dev.quantgate.worker.llamacpp.gguf.GgufInfo;
import dev.quantgate.worker.llamacpp.gguf.GgufVerifier;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;

/** Model files as a worker sees them: the airlock's answers in the worker's words. */
public final class ModelFiles {
    private static final byte[] MAGIC = {'G', 'G', 'U', 'F'};

    private ModelFiles() {}

    /** Whether a file starts as GGUF files do. */
    public static boolean hasMagic(Path file) {
        if (!Files.isRegularFile(file)) {
            return false;
        }
        try (var stream = Files.newInputStream(file)) {
            return Arrays.equals(stream.readNBytes(MAGIC.length), MAGIC);
        } catch (IOException e) {
            return false;
        }
    }

    /**
     * Verifies a model file in Java.
     *
     * @throws WorkerException INVALID_MODEL
     */
    public static GgufInfo verify(Path file) {
        try {
            return GgufVerifier.verify(file);
        } catch (GgufFormatException e) {
            throw new WorkerException(WorkerFailure.of(FailureKind.INVALID_MODEL, String.valueOf(e.getMessage())), e);
        } catch (IOException e) {
            // The text of the exception would name a path of this host.
            throw new WorkerException(
                    WorkerFailure.of(FailureKind.INVALID_MODEL, "the model's file cannot be read"), e);
        }
    }

    /**
     * Verifies a LoRA adapter in Java for a verified model.
     *
     * @throws WorkerException INVALID_MODEL
     */
    public static AdapterVerifier.Adapter verifyAdapter(Path file, GgufFile base) {
        try {
            return AdapterVerifier.verify(file, base);
        } catch (GgufFormatException e) {
            throw new WorkerException(WorkerFailure.of(FailureKind.INVALID_MODEL, String.valueOf(e.getMessage())), e);
        } catch (IOException e) {
            throw new WorkerException(
                    WorkerFailure.of(FailureKind.INVALID_MODEL, "the adapter's file cannot be read"), e);
        }
    }

    /** What the store keeps about a file. */
    public static ArtifactInfo describe(Path file, GgufInfo info) {
        var parameters = info.hyperParameters();
        var dimensions = new LinkedHashMap<String, Long>();
        dimensions.put("context_length", (long) parameters.contextTokens());
        dimensions.put("embedding_length", (long) parameters.embeddingLength());
        dimensions.put("block_count", (long) parameters.blockCount());
        dimensions.put(
                "head_count",
                parameters.headCounts().stream()
                        .mapToLong(Integer::longValue)
                        .max()
                        .orElse(0));
        dimensions.put(
                "head_count_kv",
                parameters.headCountsKv().stream()
                        .mapToLong(Integer::longValue)
                        .max()
                        .orElse(0));
        dimensions.put("vocabulary_size", (long) info.vocabulary().tokenCount());
        dimensions.put("parameter_count", info.parameterCount());
        return new ArtifactInfo(
                parameters.architecture(),
                info.declaredType().map(Enum::name).orElse(info.majorityType().name()),
                info.isQuantized(),
                String.valueOf(file.getFileName()),
                dimensions,
                Set.of(Task.GENERATE, Task.EMBED),
                tensorTypes(info));
    }

    static Map<String, Long> tensorTypes(GgufInfo info) {
        var types = new LinkedHashMap<String, Long>();
        info.typeMix().forEach((type, share) -> types.put(type.name(), (long) share.tensors()));
        return types;
    }
}
