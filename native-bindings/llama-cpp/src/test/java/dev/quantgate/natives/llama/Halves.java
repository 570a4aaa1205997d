package dev.quantgate.natives.llama;

import static dev.quantgate.natives.llama.bindings.global.llama.ggml_fp16_to_fp32;
import static dev.quantgate.natives.llama.bindings.global.llama.ggml_fp32_to_fp16;

import java.util.Random;

/** Numbers in float16. */
final class Halves {
    static final short MINUS_INFINITY = (short) 0xFC00;
    static final short NOT_A_NUMBER = 0x7E00;
    static final short LARGEST = 0x7BFF;

    // A call into native code for each of millions of numbers would take longer than all else.
    private static final float[] VALUES = new float[1 << 16];

    static {
        LlamaCpp.load();
        for (int bits = 0; bits < VALUES.length; bits++) {
            VALUES[bits] = ggml_fp16_to_fp32((short) bits);
        }
    }

    private Halves() {}

    static float toFloat(short half) {
        return VALUES[Short.toUnsignedInt(half)];
    }

    static short of(float value) {
        return ggml_fp32_to_fp16(value);
    }

    static short[] gaussian(Random random, int count) {
        short[] values = new short[count];
        for (int i = 0; i < count; i++) {
            values[i] = of((float) random.nextGaussian());
        }
        return values;
    }
}
