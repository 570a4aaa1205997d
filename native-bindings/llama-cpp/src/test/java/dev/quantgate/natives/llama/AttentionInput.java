package dev.quantgate.natives.llama;

import static dev.quantgate.natives.llama.bindings.global.llama.ggml_flash_attn_ext;
import static dev.quantgate.natives.llama.bindings.global.llama.ggml_flash_attn_ext_add_sinks;
import static dev.quantgate.natives.llama.bindings.global.llama.ggml_permute;

import dev.quantgate.natives.llama.bindings.ggml_tensor;
import java.util.Arrays;
import java.util.Random;

/** Queries, cached keys and values, and masks, in the order in which llama.cpp keeps them. */
final class AttentionInput {
    /** Sizes; each stream has as many rows and cells. */
    record Shape(int keySize, int valueSize, int heads, int kvHeads, int rows, int cells, int streams) {
        Shape withRows(int value) {
            return new Shape(keySize, valueSize, heads, kvHeads, value, cells, streams);
        }

        Shape withCells(int value) {
            return new Shape(keySize, valueSize, heads, kvHeads, rows, value, streams);
        }

        int rowsOfAll() {
            return rows * streams;
        }

        /** Numbers that come out for a row. */
        int outputSize() {
            return heads * valueSize;
        }

        int maskAt(int row, int cell) {
            return row * cells + cell;
        }
    }

    final Shape shape;
    final float[] queries;
    final short[] keys;
    final short[] values;
    final short[] mask;
    float maxBias;
    float softCap;
    float[] sinks = {};

    private AttentionInput(Shape shape, float[] queries, short[] keys, short[] values, short[] mask) {
        this.shape = shape;
        this.queries = queries;
        this.keys = keys;
        this.values = values;
        this.mask = mask;
    }

    /** Random numbers, and a mask that lets every row see every cell. */
    static AttentionInput random(Shape shape, long seed) {
        Random random = new Random(seed);
        float[] queries = new float[shape.rowsOfAll() * shape.heads * shape.keySize];
        for (int i = 0; i < queries.length; i++) {
            queries[i] = 2 * (float) random.nextGaussian();
        }
        int cells = shape.cells * shape.streams * shape.kvHeads;
        return new AttentionInput(
                shape,
                queries,
                Halves.gaussian(random, cells * shape.keySize),
                Halves.gaussian(random, cells * shape.valueSize),
                new short[shape.rowsOfAll() * shape.cells]);
    }

    /** Lets only cells be seen that a rule says so; rows are counted through all streams. */
    AttentionInput see(Rule rule) {
        for (int row = 0; row < shape.rowsOfAll(); row++) {
            for (int cell = 0; cell < shape.cells; cell++) {
                mask[shape.maskAt(row, cell)] = rule.sees(row, cell) ? 0 : Halves.MINUS_INFINITY;
            }
        }
        return this;
    }

    /** Which cells a row sees. */
    interface Rule {
        boolean sees(int row, int cell);
    }

    /** Some rows of the only stream, with all of its cells. */
    AttentionInput rows(int from, int to) {
        int size = shape.heads * shape.keySize;
        return new AttentionInput(
                shape.withRows(to - from),
                Arrays.copyOfRange(queries, from * size, to * size),
                keys,
                values,
                Arrays.copyOfRange(mask, from * shape.cells, to * shape.cells));
    }

    /** The same with each cell at another place of a larger only stream; the rest is hidden and holds no numbers. */
    AttentionInput spread(int cells, int[] places) {
        short[] farMask = new short[shape.rows * cells];
        Arrays.fill(farMask, Halves.MINUS_INFINITY);
        for (int row = 0; row < shape.rows; row++) {
            for (int cell = 0; cell < shape.cells; cell++) {
                farMask[row * cells + places[cell]] = mask[shape.maskAt(row, cell)];
            }
        }
        return new AttentionInput(
                shape.withCells(cells),
                queries,
                spread(keys, shape.kvHeads * shape.keySize, cells, places),
                spread(values, shape.kvHeads * shape.valueSize, cells, places),
                farMask);
    }

    private static short[] spread(short[] from, int size, int cells, int[] places) {
        short[] to = new short[cells * size];
        Arrays.fill(to, Halves.NOT_A_NUMBER);
        for (int cell = 0; cell < places.length; cell++) {
            System.arraycopy(from, cell * size, to, places[cell] * size, size);
        }
        return to;
    }

    float scale() {
        return (float) (1 / Math.sqrt(shape.keySize));
    }

    /** Computes it with ggml: for each row and head the mean of the values. */
    float[] compute(int threads) {
        try (Graph graph = new Graph(threads)) {
            ggml_tensor q = graph.floats(queries, shape.keySize, shape.heads, shape.rows, shape.streams);
            ggml_tensor k = graph.halves(keys, shape.keySize, shape.kvHeads, shape.cells, shape.streams);
            ggml_tensor v = graph.halves(values, shape.valueSize, shape.kvHeads, shape.cells, shape.streams);
            ggml_tensor m = graph.halves(mask, shape.cells, shape.rows, 1, shape.streams);
            ggml_tensor attention = ggml_flash_attn_ext(
                    graph.context(),
                    swapped(graph, q),
                    swapped(graph, k),
                    swapped(graph, v),
                    m,
                    scale(),
                    maxBias,
                    softCap);
            if (sinks.length > 0) {
                ggml_flash_attn_ext_add_sinks(attention, graph.floats(sinks, sinks.length));
            }
            return graph.compute(attention);
        }
    }

    private static ggml_tensor swapped(Graph graph, ggml_tensor tensor) {
        return Graph.view(ggml_permute(graph.context(), tensor, 0, 2, 1, 3));
    }
}
