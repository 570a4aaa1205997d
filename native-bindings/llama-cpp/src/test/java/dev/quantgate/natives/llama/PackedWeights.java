package dev.quantgate.natives.llama;

import static dev.quantgate.natives.llama.bindings.global.llama.GGML_TYPE_Q4_1;
import static dev.quantgate.natives.llama.bindings.global.llama.GGML_TYPE_Q8_0;
import static dev.quantgate.natives.llama.bindings.global.llama.ggml_quantize_chunk;
import static dev.quantgate.natives.llama.bindings.global.llama.ggml_row_size;

import dev.quantgate.natives.llama.bindings.ggml_tensor;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Random;
import org.bytedeco.javacpp.BytePointer;

/**
 * A matrix of weights in blocks as a file has them, and what its products are: activations are rounded to eight bits, block
 * by block, and everything after that is exact.
 */
final class PackedWeights {
    static final int BLOCK = 32;

    private final int type;
    private final int columns;
    private final int rows;
    private final byte[] blocks;

    /** A product, and what the absolute values of its terms add up to. */
    record Sum(double value, double size) {}

    private PackedWeights(int type, int columns, int rows, byte[] blocks) {
        this.type = type;
        this.columns = columns;
        this.rows = rows;
        this.blocks = blocks;
    }

    static PackedWeights random(int type, int columns, int rows, long seed) {
        Random random = new Random(seed);
        float[] values = new float[columns * rows];
        for (int i = 0; i < values.length; i++) {
            values[i] = (float) random.nextGaussian();
        }
        byte[] blocks = new byte[Math.toIntExact(ggml_row_size(type, columns) * rows)];
        try (BytePointer into = new BytePointer(blocks.length)) {
            ggml_quantize_chunk(type, values, into, 0, rows, columns, (float[]) null);
            into.get(blocks);
        }
        return new PackedWeights(type, columns, rows, blocks);
    }

    /** Blocks that are all alike: one scale, for Q4_1 one minimum, and one byte of quants. */
    static PackedWeights uniform(int type, int columns, int rows, float scale, float min, int quants) {
        int blockBytes = Math.toIntExact(ggml_row_size(type, BLOCK));
        ByteBuffer blocks =
                ByteBuffer.allocate(columns / BLOCK * rows * blockBytes).order(ByteOrder.LITTLE_ENDIAN);
        while (blocks.hasRemaining()) {
            int end = blocks.position() + blockBytes;
            blocks.putShort(Halves.of(scale));
            if (type == GGML_TYPE_Q4_1) {
                blocks.putShort(Halves.of(min));
            }
            while (blocks.position() < end) {
                blocks.put((byte) quants);
            }
        }
        return new PackedWeights(type, columns, rows, blocks.array());
    }

    int columns() {
        return columns;
    }

    int rows() {
        return rows;
    }

    /** The same in a graph, in the layout of our products. */
    ggml_tensor in(Graph graph) {
        return graph.weights(type, columns, rows, blocks);
    }

    /** The products of every row with a column. */
    Sum[] times(float[] column) {
        int blocksPerRow = columns / BLOCK;
        int[] quants = new int[columns];
        float[] scales = new float[blocksPerRow];
        for (int block = 0; block < blocksPerRow; block++) {
            scales[block] = round(column, block * BLOCK, quants);
        }
        Sum[] result = new Sum[rows];
        ByteBuffer data = ByteBuffer.wrap(blocks).order(ByteOrder.LITTLE_ENDIAN);
        for (int row = 0; row < rows; row++) {
            double value = 0;
            double size = 0;
            for (int block = 0; block < blocksPerRow; block++) {
                Sum sum = type == GGML_TYPE_Q4_1 ? q41(data, quants, block) : q80(data, quants, block);
                value += sum.value * scales[block];
                size += sum.size * scales[block];
            }
            result[row] = new Sum(value, size);
        }
        return result;
    }

    /** Rounds a block of activations to eight bits and returns their scale. */
    private static float round(float[] column, int from, int[] quants) {
        float largest = 0;
        for (int i = from; i < from + BLOCK; i++) {
            largest = Math.max(largest, Math.abs(column[i]));
        }
        float factor = largest < 1e-36f ? 0 : 127 / largest;
        for (int i = from; i < from + BLOCK; i++) {
            quants[i] = (int) Math.rint(column[i] * factor);
        }
        return largest / 127;
    }

    private static Sum q41(ByteBuffer data, int[] quants, int block) {
        double scale = Halves.toFloat(data.getShort());
        double min = Halves.toFloat(data.getShort());
        long dot = 0;
        long dotSize = 0;
        long sum = 0;
        for (int i = 0; i < BLOCK / 2; i++) {
            int pair = Byte.toUnsignedInt(data.get());
            int low = quants[block * BLOCK + i];
            int high = quants[block * BLOCK + BLOCK / 2 + i];
            dot += (pair & 15) * low + (pair >> 4) * high;
            dotSize += (pair & 15) * Math.abs(low) + (pair >> 4) * Math.abs(high);
            sum += low + high;
        }
        return new Sum(scale * dot + min * sum, Math.abs(scale) * dotSize + Math.abs(min * sum));
    }

    private static Sum q80(ByteBuffer data, int[] quants, int block) {
        double scale = Halves.toFloat(data.getShort());
        long dot = 0;
        long size = 0;
        for (int i = block * BLOCK; i < (block + 1) * BLOCK; i++) {
            int product = data.get() * quants[i];
            dot += product;
            size += Math.abs(product);
        }
        return new Sum(scale * dot, Math.abs(scale) * size);
    }

    static String name(int type) {
        return type == GGML_TYPE_Q4_1 ? "Q4_1" : type == GGML_TYPE_Q8_0 ? "Q8_0" : "type " + type;
    }
}
