package dev.quantgate.worker.llamacpp.gguf;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.List;

/** Importance matrices in both formats. */
final class ImportanceBytes {
    private ImportanceBytes() {}

    /** Two plain matrices, and one of two experts of which the second was never used. */
    static GgufBytes gguf() {
        GgufBytes file = new GgufBytes()
                .string("general.type", "imatrix")
                .strings("imatrix.datasets", List.of("calibration.txt"))
                .uint32("imatrix.chunk_count", 7)
                .uint32("imatrix.chunk_size", 512);
        add(file, "blk.0.attn_q.weight", 1, 2, 4, 6, 8, 10, 12, 14, 16);
        return file.tensor("blk.0.up.weight.in_sum2", GgmlType.F32, floats(2, 4, 6, 8), 2, 2)
                .tensor("blk.0.up.weight.counts", GgmlType.F32, floats(2, 0), 1, 2);
    }

    static void add(GgufBytes file, String name, float count, float... sums) {
        file.tensor(name + ".in_sum2", GgmlType.F32, floats(sums), sums.length, 1)
                .tensor(name + ".counts", GgmlType.F32, floats(count), 1, 1);
    }

    static byte[] legacy(String name, int calls, float... values) {
        byte[] nameBytes = name.getBytes(StandardCharsets.UTF_8);
        byte[] dataset = "text".getBytes(StandardCharsets.UTF_8);
        return ByteBuffer.allocate(16 + nameBytes.length + 4 * values.length + 8 + dataset.length)
                .order(ByteOrder.LITTLE_ENDIAN)
                .putInt(1)
                .putInt(nameBytes.length)
                .put(nameBytes)
                .putInt(calls)
                .putInt(values.length)
                .put(floats(values))
                .putInt(9)
                .putInt(dataset.length)
                .put(dataset)
                .array();
    }

    static byte[] floats(float... values) {
        ByteBuffer buffer = ByteBuffer.allocate(4 * values.length).order(ByteOrder.LITTLE_ENDIAN);
        for (float value : values) {
            buffer.putFloat(value);
        }
        return buffer.array();
    }
}
