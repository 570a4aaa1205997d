package dev.quantgate.natives.torch;

import java.util.Objects;
import org.bytedeco.javacpp.Pointer;
import org.jspecify.annotations.Nullable;

/**
 * An encoder with int8 weights whose forward pass is one native call, by kernels of our own.
 *
 * <p>Activations are quantised per token to 8 bits, so an answer does not depend on the company in its batch, and inputs
 * of a batch are not padded. Products of codes are exact on every processor. Weights are copied; the embedding tables are
 * not, and stay in the arena. Thread-safe once it has been built; freed with its arena.
 */
public final class FusedEncoder {

    /** Most columns of a matrix: sums of so many products of 8 by 8 bits fit 32 bits. */
    public static final int MAX_COLUMNS = 65_536;

    /** What is computed of the last states. */
    public enum Output {
        /** Every state: {@code [inputs, longest, hidden]}, 0 beyond the end of an input. */
        STATES(0),
        /** The state of each input's first token: {@code [inputs, hidden]}. */
        FIRST(1),
        /** The mean of each input's states: {@code [inputs, hidden]}. */
        MEAN(2);

        private final int code;

        Output(int code) {
            this.code = code;
        }
    }

    /** The function between the two matrices of a feed-forward block. */
    public enum Function {
        GELU(0),
        GELU_TANH(1),
        RELU(2),
        SILU(3);

        private final int code;

        Function(int code) {
            this.code = code;
        }
    }

    /** The matrices of a layer. */
    public enum Matrix {
        /** Queries, keys and values: {@code [3 * hidden, hidden]}. */
        PROJECTION(0),
        /** {@code [hidden, hidden]}. */
        ATTENTION_OUTPUT(1),
        /** {@code [intermediate, hidden]}. */
        EXPAND(2),
        /** {@code [hidden, intermediate]}. */
        CONTRACT(3);

        private final int code;

        Matrix(int code) {
            this.code = code;
        }
    }

    /** The normalisations of a layer. */
    public enum Norm {
        ATTENTION(0),
        OUTPUT(1);

        private final int code;

        Norm(int code) {
            this.code = code;
        }
    }

    /**
     * Sizes and rules.
     *
     * @param hidden a multiple of heads
     */
    public record Shape(int hidden, int heads, int intermediate, int layers, Function function, double epsilon) {
        public Shape {
            if (hidden < 1
                    || heads < 1
                    || hidden % heads != 0
                    || intermediate < 1
                    || layers < 1
                    || Math.max(hidden, intermediate) > MAX_COLUMNS) {
                throw new IllegalArgumentException("shape: hidden " + hidden + ", " + heads + " heads, intermediate "
                        + intermediate + ", " + layers + " layers (expected: all >= 1, sizes at most " + MAX_COLUMNS
                        + ", hidden a multiple of heads)");
            }
        }

        private int rows(Matrix matrix) {
            return switch (matrix) {
                case PROJECTION -> 3 * hidden;
                case ATTENTION_OUTPUT, CONTRACT -> hidden;
                case EXPAND -> intermediate;
            };
        }

        private int columns(Matrix matrix) {
            return matrix == Matrix.CONTRACT ? intermediate : hidden;
        }
    }

    /**
     * Token ids of several inputs, one after the other; checked by the caller against the tables.
     *
     * @param ids all ids
     * @param places for each its row of the position table
     * @param types for each its row of the type table, or null
     * @param lengths length of each input, at least 1 each
     */
    @SuppressWarnings("ArrayRecordComponent") // Compared by nobody; copied by the native call.
    public record Input(long[] ids, int[] places, long @Nullable [] types, int[] lengths) {}

    private final Shape shape;
    private final Handle handle;
    private final TensorArena arena;
    private final int threads;

    private FusedEncoder(Shape shape, Handle handle, TensorArena arena, int threads) {
        this.shape = shape;
        this.handle = handle;
        this.arena = arena;
        this.threads = threads;
    }

    /** The native encoder, freed when nothing keeps it. */
    private static final class Handle extends Pointer {
        Handle(long encoder) {
            address = encoder;
            deallocator(() -> EncoderKernels.destroy(encoder));
        }
    }

    /**
     * Makes an encoder without weights; all of them are set before the first call.
     *
     * @param threads threads of a call, at least 1: the caller's, and helpers that sleep between calls
     */
    public static FusedEncoder create(TensorArena arena, Shape shape, int threads) {
        if (threads < 1) {
            throw new IllegalArgumentException("threads: " + threads + " (expected: >= 1)");
        }
        EncoderKernels.requireLoaded();
        long encoder = EncoderKernels.create(
                shape.hidden(), shape.heads(), shape.intermediate(), shape.layers(), shape.function().code, (float)
                        shape.epsilon());
        return new FusedEncoder(shape, arena.keep(new Handle(encoder)), arena, threads);
    }

    /**
     * Sets a matrix of a layer.
     *
     * @param weight codes with one scale a row
     * @param bias {@code [rows]}, float32
     */
    public void set(int layer, Matrix matrix, QuantizedWeight weight, TorchTensor bias) {
        int rows = shape.rows(matrix);
        int columns = shape.columns(matrix);
        requireLayer(layer);
        weight.codes().require("codes", DType.INT8, (long) rows * columns);
        weight.scales().require("scales", DType.FLOAT32, rows);
        bias.require("bias", DType.FLOAT32, rows);
        EncoderKernels.linear(
                handle.address(),
                layer,
                matrix.code,
                rows,
                columns,
                weight.codes().address(),
                weight.scales().address(),
                bias.address());
        arena.count((long) rows * (columns + 3 * Float.BYTES));
    }

    /** Sets a normalisation of a layer: two vectors {@code [hidden]}, float32. */
    public void set(int layer, Norm norm, TorchTensor weight, TorchTensor bias) {
        requireLayer(layer);
        weight.require("weight", DType.FLOAT32, shape.hidden());
        bias.require("bias", DType.FLOAT32, shape.hidden());
        EncoderKernels.norm(handle.address(), layer, norm.code, weight.address(), bias.address());
    }

    private void requireLayer(int layer) {
        if (layer < 0 || layer >= shape.layers()) {
            throw new IllegalArgumentException("layer: " + layer + " (expected: 0 to " + (shape.layers() - 1) + ")");
        }
    }

    /**
     * Sets the embeddings; the arena keeps the tables.
     *
     * @param words {@code [vocabulary, hidden]}: float32, or int8 codes
     * @param wordScales {@code [vocabulary]} of int8 codes, else null
     * @param positions {@code [positions, hidden]}, float32
     * @param types {@code [types, hidden]}, float32, or null
     * @param normWeight {@code [hidden]}, float32; {@code normBias} alike
     */
    public void setEmbeddings(
            TorchTensor words,
            @Nullable TorchTensor wordScales,
            TorchTensor positions,
            @Nullable TorchTensor types,
            TorchTensor normWeight,
            TorchTensor normBias) {
        words.require("words", wordScales == null ? DType.FLOAT32 : DType.INT8, words.size(0) * shape.hidden());
        if (wordScales != null) {
            wordScales.require("wordScales", DType.FLOAT32, words.size(0));
        }
        positions.require("positions", DType.FLOAT32, positions.size(0) * shape.hidden());
        if (types != null) {
            types.require("types", DType.FLOAT32, types.size(0) * shape.hidden());
        }
        normWeight.require("normWeight", DType.FLOAT32, shape.hidden());
        normBias.require("normBias", DType.FLOAT32, shape.hidden());
        EncoderKernels.tables(
                handle.address(),
                wordScales == null ? words.address() : 0,
                wordScales == null ? 0 : words.address(),
                wordScales == null ? 0 : wordScales.address(),
                positions.address(),
                types == null ? 0 : types.address(),
                normWeight.address(),
                normBias.address());
    }

    /** Computes a batch; the result belongs to the current scope. */
    public TorchTensor apply(Input input, Output output) {
        Objects.requireNonNull(output, "output");
        int longest = 0;
        long tokens = 0;
        for (int length : input.lengths()) {
            if (length < 1) {
                throw new IllegalArgumentException("length: " + length + " (expected: >= 1)");
            }
            longest = Math.max(longest, length);
            tokens += length;
        }
        long[] types = input.types();
        if (tokens == 0
                || tokens != input.ids().length
                || tokens != input.places().length
                || (types != null && tokens != types.length)) {
            throw new IllegalArgumentException(
                    "input: " + input.ids().length + " ids (expected: " + tokens + ", as the lengths say)");
        }
        TorchTensor result = output == Output.STATES
                ? TorchTensor.empty(input.lengths().length, longest, shape.hidden())
                : TorchTensor.empty(input.lengths().length, shape.hidden());
        EncoderKernels.compute(
                handle.address(),
                input.ids(),
                input.places(),
                types,
                input.lengths(),
                longest,
                output.code,
                result.address(),
                threads);
        return result;
    }
}
