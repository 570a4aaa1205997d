package dev.quantgate.worker.llamacpp.gguf;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class GgmlTypeTest {
    @ParameterizedTest
    @EnumSource(GgmlType.class)
    void wireIdsLeadBackToTheirType(GgmlType type) {
        assertThat(GgmlType.fromWireId(type.wireId())).contains(type);
    }

    @ParameterizedTest
    @ValueSource(ints = {-1, 4, 5, 31, 36, 43, 64, Integer.MAX_VALUE, Integer.MIN_VALUE})
    void withdrawnAndUnknownNumbersHaveNoType(int wireId) {
        assertThat(GgmlType.fromWireId(wireId)).isEmpty();
    }

    @Test
    void rowsAreWholeBlocks() {
        assertThat(GgmlType.Q4_K.rowBytes(512)).isEqualTo(288);
        assertThat(GgmlType.F16.rowBytes(576)).isEqualTo(1152);
        assertThat(GgmlType.F32.rowBytes(Long.MAX_VALUE)).isEqualTo(Long.MAX_VALUE);
    }

    @Test
    void bitsIncludeTheScales() {
        assertThat(GgmlType.Q4_0.bitsPerElement()).isEqualTo(4.5);
        assertThat(GgmlType.Q8_0.bitsPerElement()).isEqualTo(8.5);
        assertThat(GgmlType.IQ1_S.bitsPerElement()).isEqualTo(1.5625);
    }
}
