package dev.quantgate.natives.torch;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Random;

/** Repeatable test data. */
final class TestValues {

    private static final int PAGE_BYTES = 4096;

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

    /** Resident memory of this process. */
    static long residentBytes() throws IOException {
        String status = Files.readString(Path.of("/proc/self/statm"));
        int start = status.indexOf(' ') + 1;
        return Long.parseLong(status, start, status.indexOf(' ', start), 10) * PAGE_BYTES;
    }
}
