package dev.quantgate.worker.llamacpp.gguf;

import java.util.Collections;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A verified model file: safe to hand to native code.
 *
 * @param file the structure: metadata and tensors
 * @param hyperParameters the dimensions
 * @param vocabulary the tokenizer
 * @param warnings oddities that do no harm, one sentence each
 */
public record GgufInfo(GgufFile file, HyperParameters hyperParameters, Vocabulary vocabulary, List<String> warnings) {
    public GgufInfo {
        warnings = List.copyOf(warnings);
    }

    /**
     * What the tensors of one storage type add up to.
     *
     * @param tensors how many there are
     * @param sizeBytes bytes of their data
     */
    public record TypeShare(int tensors, long sizeBytes) {}

    /** The real mix of storage types, which a quantisation's name only approximates. */
    public Map<GgmlType, TypeShare> typeMix() {
        Map<GgmlType, TypeShare> mix = new EnumMap<>(GgmlType.class);
        for (TensorInfo tensor : file.tensors().values()) {
            mix.merge(
                    tensor.type(),
                    new TypeShare(1, tensor.sizeBytes()),
                    (left, right) -> new TypeShare(left.tensors + right.tensors, left.sizeBytes + right.sizeBytes));
        }
        return Collections.unmodifiableMap(mix);
    }

    /** The storage type that takes most bytes. */
    public GgmlType majorityType() {
        return typeMix().entrySet().stream()
                .max(Map.Entry.comparingByValue(Comparator.comparingLong(TypeShare::sizeBytes)))
                .orElseThrow()
                .getKey();
    }

    /** Whether any tensor is quantised, so that quantising again would lose precision twice. */
    public boolean isQuantized() {
        return file.tensors().values().stream().anyMatch(tensor -> tensor.type().isQuantized());
    }

    /** The quantisation that the file says it has ({@code general.file_type}), if it names a known one. */
    public Optional<QuantizationType> declaredType() {
        return file.metadata().get("general.file_type") instanceof GgufValue.Whole number
                ? QuantizationType.fromFileType(number.value())
                : Optional.empty();
    }

    /** Elements of all tensors together. */
    public long parameterCount() {
        return file.tensors().values().stream().mapToLong(TensorInfo::elements).sum();
    }

    /** Bytes of all tensor data, without padding. */
    public long weightsBytes() {
        return file.tensors().values().stream().mapToLong(TensorInfo::sizeBytes).sum();
    }

    /**
     * Estimates the memory for serving this model.
     *
     * @param contextTokens context of each sequence, at least 1
     * @param sequences sequences served at once, at least 1
     * @param keyType storage type of cached keys
     * @param valueType storage type of cached values
     * @param batchTokens tokens in one decode step (llama.cpp's n_ubatch), at least 1
     */
    public MemoryEstimate memoryEstimate(
            long contextTokens, int sequences, GgmlType keyType, GgmlType valueType, int batchTokens) {
        return MemoryEstimate.of(
                weightsBytes(),
                hyperParameters,
                vocabulary.tokenCount(),
                contextTokens,
                sequences,
                keyType,
                valueType,
                batchTokens);
    }
}
