package dev.quantgate.worker.llamacpp.quantize;

import dev.quantgate.worker.api.WorkerException;
import dev.quantgate.worker.api.WorkerFailure;
import dev.quantgate.worker.llamacpp.gguf.QuantizationType;
import java.util.Arrays;
import java.util.List;

/** The types this backend offers, from the catalogue of llama.cpp's file types. */
public final class QuantizationTypes {
    private static final QuantizationType DEFAULT = QuantizationType.Q4_K_M;

    private QuantizationTypes() {}

    public static List<dev.quantgate.worker.api.QuantizationType> offered(String backend) {
        return Arrays.stream(QuantizationType.values())
                .map(type -> new dev.quantgate.worker.api.QuantizationType(
                        type.name(),
                        backend,
                        type.bitsPerWeight(),
                        type.needsImportanceMatrix(),
                        type.description(),
                        type == DEFAULT))
                .toList();
    }

    /**
     * The type of a name.
     *
     * @throws WorkerException INVALID_REQUEST
     */
    static QuantizationType named(String name) {
        return QuantizationType.named(name)
                .orElseThrow(() -> WorkerFailure.invalid(
                                "quantization_type",
                                "\"" + name + "\" (expected: one of " + Arrays.toString(QuantizationType.values())
                                        + ")")
                        .asException());
    }

    static dev.quantgate.natives.llama.QuantizationType nativeType(QuantizationType type) {
        return dev.quantgate.natives.llama.QuantizationType.byName(type.name())
                .orElseThrow(() -> new IllegalStateException("llama.cpp has no type " + type));
    }
}
