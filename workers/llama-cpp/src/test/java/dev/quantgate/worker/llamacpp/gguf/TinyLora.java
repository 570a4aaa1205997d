package dev.quantgate.worker.llamacpp.gguf;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.SplittableRandom;

/** A LoRA adapter with random matrices for every matrix in the blocks of a model, strong enough to change its text. */
public final class TinyLora {
    private final GgufFile base;
    private int rank = 4;
    private float alpha = 8;
    private long seed = 1;
    private float strength = 1;

    private TinyLora(GgufFile base) {
        this.base = base;
    }

    public static TinyLora of(GgufFile base) {
        return new TinyLora(base);
    }

    public TinyLora rank(int value) {
        rank = value;
        return this;
    }

    public TinyLora alpha(float value) {
        alpha = value;
        return this;
    }

    public TinyLora seed(long value) {
        seed = value;
        return this;
    }

    /** Factor on the random weights. */
    public TinyLora strength(float value) {
        strength = value;
        return this;
    }

    public GgufBytes file() {
        GgufBytes file = new GgufBytes()
                .string("general.type", "adapter")
                .string(
                        "general.architecture",
                        base.text("general.architecture").orElseThrow())
                .string("adapter.type", "lora")
                .float32("adapter.lora.alpha", alpha);
        SplittableRandom random = new SplittableRandom(seed);
        for (TensorInfo tensor : base.tensors().values()) {
            if (tensor.name().startsWith("blk.") && tensor.dims().size() == 2) {
                matrix(file, tensor.name() + ".lora_a", random, (int) tensor.dim(0), rank);
                matrix(file, tensor.name() + ".lora_b", random, rank, (int) tensor.dim(1));
            }
        }
        return file;
    }

    private void matrix(GgufBytes file, String name, SplittableRandom random, int row, int rows) {
        ByteBuffer data = ByteBuffer.allocate(row * rows * 4).order(ByteOrder.LITTLE_ENDIAN);
        double scale = strength / Math.sqrt(row);
        while (data.hasRemaining()) {
            data.putFloat((float) ((random.nextDouble() - 0.5) * scale));
        }
        file.tensor(name, GgmlType.F32, data.array(), row, rows);
    }
}
