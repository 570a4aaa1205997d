package dev.quantgate.worker.llamacpp.gguf;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;

import com.sun.management.ThreadMXBean;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

/** No damage makes a reader crash, hang or allocate without bound. A failure names the seed that repeats it. */
class GgufFuzzTest {
    private static final long SEED = 20_261_122;
    private static final int MODELS = 150_000;
    private static final int MATRICES = 30_000;
    private static final Duration LONGEST = Duration.ofSeconds(20);
    // Metadata of a file becomes objects: a key of one byte takes about 150 bytes.
    private static final long ALLOWED_FACTOR = 16;
    private static final long ALLOWED_BYTES = 256 << 10;

    private final ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    private final AtomicLong current = new AtomicLong();

    private interface Reader {
        void read(ByteSource source) throws IOException;
    }

    @Test
    void damagedModelsAreReadOrRefused() throws Exception {
        Mutator[] mutators = {
            new Mutator(Verification.soundFile()),
            new Mutator(Families.file(Architecture.GEMMA3)),
            new Mutator(Families.file(Architecture.PHI3).int32s("phi3.attention.head_count", 2)),
            new Mutator(Families.withExperts()),
        };
        int accepted = fuzz(
                MODELS,
                mutators,
                source -> GgufVerifier.verify(source, Limits.DEFAULT)
                        .memoryEstimate(4096, 8, GgmlType.F16, GgmlType.Q8_0, 512));
        // Damage to weights and texts does no harm; a mutator that only ever broke the magic would prove nothing.
        assertThat(accepted).isBetween(MODELS / 100, MODELS / 2);
    }

    @Test
    void damagedImportanceMatricesAreReadOrRefused() throws Exception {
        Mutator[] mutators = {
            new Mutator(ImportanceBytes.gguf()),
            new Mutator(ImportanceBytes.legacy("blk.0.attn_q.weight", 2, 1, 2, 3, 4), List.of()),
        };
        int accepted = fuzz(MATRICES, mutators, source -> ImportanceMatrix.read(source, Limits.DEFAULT));
        assertThat(accepted).isBetween(MATRICES / 100, MATRICES / 2);
    }

    private int fuzz(int count, Mutator[] mutators, Reader reader) throws Exception {
        ExecutorService worker = Executors.newSingleThreadExecutor();
        try {
            Future<Integer> accepted = worker.submit(() -> run(count, mutators, reader));
            while (true) {
                long before = current.get();
                try {
                    return accepted.get(LONGEST.toSeconds(), TimeUnit.SECONDS);
                } catch (TimeoutException slow) {
                    if (current.get() == before) {
                        fail("seed %d hangs".formatted(before));
                    }
                }
            }
        } finally {
            worker.shutdownNow();
        }
    }

    private int run(int count, Mutator[] mutators, Reader reader) {
        int accepted = 0;
        for (int i = 0; i < count; i++) {
            long seed = SEED + i;
            current.set(seed);
            byte[] bytes = mutators[i % mutators.length].mutant(seed);
            long before = threads.getCurrentThreadAllocatedBytes();
            accepted += isAccepted(reader, bytes, seed) ? 1 : 0;
            long allocated = threads.getCurrentThreadAllocatedBytes() - before;
            if (allocated > ALLOWED_FACTOR * bytes.length + ALLOWED_BYTES) {
                fail("seed %d: %d bytes allocated for a file of %d".formatted(seed, allocated, bytes.length));
            }
        }
        return accepted;
    }

    private static boolean isAccepted(Reader reader, byte[] bytes, long seed) {
        try {
            reader.read(new BytesSource(bytes));
            return true;
        } catch (GgufFormatException refused) {
            if (refused.field().isEmpty()
                    || !String.valueOf(refused.getMessage()).contains("(expected: ")) {
                fail("seed %d: no field or expectation in %s".formatted(seed, refused));
            }
            return false;
        } catch (IOException | RuntimeException | StackOverflowError | OutOfMemoryError crash) {
            return fail("seed " + seed, crash);
        }
    }
}
