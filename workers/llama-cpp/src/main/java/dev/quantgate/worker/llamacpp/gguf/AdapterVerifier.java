package dev.quantgate.worker.llamacpp.gguf;

import java.io.IOException;
import java.nio.file.Path;

/**
 * Decides whether a LoRA adapter may be handed to llama.cpp for a model. Native code checks most of this as well, but
 * fails assertions of the compute graph, which end the process, where it does not.
 *
 * <p>An adapter adds {@code scale * B(Ax)} to what a matrix yields for {@code x}: A is [columns of the matrix, rank], B is
 * [rank, rows of the matrix]. What is known comes from llama.cpp v0.5.0, {@code src/llama-adapter.cpp}.
 */
public final class AdapterVerifier {
    private static final String A = ".lora_a";
    private static final String B = ".lora_b";
    private static final String EMBEDDING = "token_embd.weight";
    private static final String INVOCATION_TOKENS = "adapter.alora.invocation_tokens";

    private final GgufFile base;
    private final GgufFile adapter;

    private AdapterVerifier(GgufFile base, GgufFile adapter) {
        this.base = base;
        this.adapter = adapter;
    }

    /**
     * A verified adapter.
     *
     * @param rank the largest rank of its matrices
     * @param alpha 0 for no scale of its own
     * @param weightsBytes memory that its matrices take
     */
    public record Adapter(int rank, float alpha, long weightsBytes) {}

    /**
     * Verifies an adapter for a verified model.
     *
     * @throws GgufFormatException when it is not a sound adapter of that model
     * @throws IOException when it cannot be read
     */
    public static Adapter verify(Path path, GgufFile base) throws IOException {
        return new AdapterVerifier(base, GgufFile.read(path)).check();
    }

    private Adapter check() throws GgufFormatException {
        Metadata metadata = new Metadata(adapter.metadata());
        requireText(metadata, "general.type", "adapter");
        requireText(metadata, "adapter.type", "lora");
        requireText(
                metadata,
                "general.architecture",
                base.text("general.architecture").orElse(""));
        double alpha = metadata.real("adapter.lora.alpha", -Float.MAX_VALUE, Float.MAX_VALUE)
                .orElse(0);
        if (metadata.has(INVOCATION_TOKENS)) {
            throw new GgufFormatException(INVOCATION_TOKENS, "present", "an adapter that holds for a whole text");
        }
        if (adapter.tensors().isEmpty()) {
            throw new GgufFormatException("header.tensor_count", 0, "at least one pair of matrices");
        }
        long rank = 0;
        long bytes = 0;
        for (TensorInfo tensor : adapter.tensors().values()) {
            rank = Math.max(rank, rankOf(tensor));
            bytes = Saturating.add(bytes, tensor.sizeBytes());
        }
        return new Adapter(Math.toIntExact(Math.min(rank, Integer.MAX_VALUE)), (float) alpha, bytes);
    }

    private static void requireText(Metadata metadata, String key, String expected) throws GgufFormatException {
        String actual = metadata.text(key).orElse("missing");
        if (!actual.equals(expected)) {
            throw new GgufFormatException(key, actual, GgufFormatException.printable(expected));
        }
    }

    private long rankOf(TensorInfo tensor) throws GgufFormatException {
        String name = tensor.name();
        if (!tensor.type().isWeight()) {
            throw new GgufFormatException(name + " type", tensor.type(), "a floating-point or quantised type");
        }
        if (name.endsWith(A)) {
            String matrix = name.substring(0, name.length() - A.length());
            return pair(matrix, tensor, partner(matrix + B));
        }
        if (name.endsWith(B)) {
            String matrix = name.substring(0, name.length() - B.length());
            return pair(matrix, partner(matrix + A), tensor);
        }
        throw new GgufFormatException("tensor name", name, "the name of a matrix with " + A + " or " + B + " behind");
    }

    private TensorInfo partner(String name) throws GgufFormatException {
        TensorInfo tensor = adapter.tensors().get(name);
        if (tensor == null) {
            throw Metadata.missing(name, "both matrices of a pair");
        }
        return tensor;
    }

    private long pair(String matrix, TensorInfo a, TensorInfo b) throws GgufFormatException {
        TensorInfo weight = base.tensors().get(matrix);
        if (weight == null || weight.dims().size() < 2) {
            throw new GgufFormatException("tensor name", a.name(), "a matrix of the model with " + A + " behind");
        }
        long rank = b.dim(0);
        if (matrix.equals(EMBEDDING)) {
            // The lookup takes rows, so here A and B are the other way around; without an output matrix of its own the
            // model would multiply with the pair as well, and its shape would fail an assertion.
            if (!base.tensors().containsKey("output.weight")) {
                throw new GgufFormatException(
                        "tensor name", a.name(), "no " + EMBEDDING + ", which this model uses twice");
            }
            requireDims(a, rank, weight.dim(1));
            requireDims(b, rank, weight.dim(0));
            return rank;
        }
        requireDims(a, weight.dim(0), rank, weight.dim(2), weight.dim(3));
        requireDims(b, rank, weight.dim(1), weight.dim(2), weight.dim(3));
        return rank;
    }

    private static void requireDims(TensorInfo tensor, long... dims) throws GgufFormatException {
        for (int axis = 0; axis < 4; axis++) {
            long expected = axis < dims.length ? dims[axis] : 1;
            if (tensor.dim(axis) != expected) {
                throw new GgufFormatException(
                        tensor.name() + " shape", tensor.dims(), "dimension " + axis + " of " + expected);
            }
        }
    }
}
