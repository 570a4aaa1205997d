package dev.quantgate.natives.torch;

import java.util.Random;

/** Repeatable test data. */
final class TestValues {

    private TestValues() {}

    /** Values in -1..1 from a seed. */
    static float[] uniform(int count, long seed) {
        Random random = new Random(seed);
        float[] values = new float[count];
        for (int i = 0; i < count; i++) {
            values[i] = random.nextFloat() * 2 - 1;
        }
        return values;
    }
}
