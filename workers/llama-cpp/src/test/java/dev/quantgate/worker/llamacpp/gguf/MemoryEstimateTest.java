package dev.quantgate.worker.llamacpp.gguf;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Test;

class MemoryEstimateTest {
    private static final HyperParameters SMOLLM2 = new HyperParameters(
            "llama",
            8192,
            576,
            30,
            0,
            Collections.nCopies(30, 9),
            Collections.nCopies(30, 3),
            Collections.nCopies(30, 1536),
            64,
            64,
            64,
            0);

    @Test
    void countsGroupedHeadsOnce() {
        // 8192 cells x 30 layers x (192 + 192) elements x 2 bytes = 180 MiB
        assertThat(estimate(8192, 1, GgmlType.F16).kvCacheBytes()).isEqualTo(180L << 20);
    }

    @Test
    void quantizedCachesTakeWholeBlocks() {
        assertThat(estimate(8192, 1, GgmlType.Q8_0).kvCacheBytes()).isEqualTo(8192L * 30 * 2 * 6 * 34);
    }

    @Test
    void padsTheContextOfEachSequence() {
        assertThat(estimate(1, 4, GgmlType.F16).kvCacheBytes())
                .isEqualTo(4 * estimate(256, 1, GgmlType.F16).kvCacheBytes());
    }

    @Test
    void computeFollowsTheDocumentedFormula() {
        long perToken = 49_152 + 8 * 576 + 3 * 1536 + 10 * 256;
        assertThat(estimate(256, 1, GgmlType.F16).computeBytes()).isEqualTo(perToken * 512 * 4);
    }

    @Test
    void addsUpHeadsPerLayer() {
        HyperParameters mixed =
                new HyperParameters("x", 0, 64, 2, 0, List.of(4, 2), List.of(2, 1), List.of(8, 8), 16, 16, 16, 0);
        assertThat(MemoryEstimate.of(0, mixed, 1, 256, 1, GgmlType.F32, GgmlType.F32, 1)
                        .kvCacheBytes())
                .isEqualTo(256L * (2 + 1) * 16 * 2 * 4);
    }

    @Test
    void familiesWithoutHeadsCountTheirHiddenState() {
        HyperParameters unknown = new HyperParameters("x", 0, 64, 1, 0, List.of(0), List.of(0), List.of(0), 0, 0, 0, 0);
        assertThat(MemoryEstimate.of(0, unknown, 1, 256, 1, GgmlType.F16, GgmlType.F16, 1)
                        .kvCacheBytes())
                .isEqualTo(256L * 2 * 64 * 2);
    }

    @Test
    void overflowEndsAtTheLargestNumber() {
        MemoryEstimate estimate = estimate(Long.MAX_VALUE, Integer.MAX_VALUE, GgmlType.F32);
        assertThat(estimate.totalBytes()).isEqualTo(Long.MAX_VALUE);
    }

    @Test
    void refusesMoreThanTheLimit() {
        MemoryEstimate estimate = new MemoryEstimate(70, 20, 10);
        assertThatCode(() -> estimate.requireAtMost(100)).doesNotThrowAnyException();
        assertThatThrownBy(() -> estimate.requireAtMost(99))
                .isInstanceOf(GgufFormatException.class)
                .hasMessage("memory: 100 bytes = 70 weights + 20 KV cache + 10 compute (expected: at most 99 bytes)");
    }

    @Test
    void refusesAnEmptyContext() {
        assertThatThrownBy(() -> estimate(0, 1, GgmlType.F16))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("contextTokens: 0 (expected: >= 1)");
    }

    private static MemoryEstimate estimate(long contextTokens, int sequences, GgmlType type) {
        return MemoryEstimate.of(98_000_000, SMOLLM2, 49_152, contextTokens, sequences, type, type, 512);
    }
}
