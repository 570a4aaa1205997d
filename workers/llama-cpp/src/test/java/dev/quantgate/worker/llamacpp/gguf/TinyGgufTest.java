package dev.quantgate.worker.llamacpp.gguf;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TinyGgufTest {
    @ParameterizedTest
    @CsvSource({"256, F16, 512", "576, F32, 512", "64, F16, 6000"})
    void everySettingGivesASoundModel(int width, GgmlType type, int vocabulary) throws Exception {
        GgufInfo info = Verification.verify(
                TinyGguf.llama().width(width).type(type).vocabulary(vocabulary).file());
        assertThat(info.hyperParameters().embeddingLength()).isEqualTo(width);
        assertThat(info.majorityType()).isEqualTo(type);
        assertThat(info.vocabulary().tokenCount()).isEqualTo(vocabulary);
    }

    @Test
    void theSameSeedGivesTheSameBytes() {
        assertThat(TinyGguf.llama().width(64).seed(5).file().build())
                .isEqualTo(TinyGguf.llama().width(64).seed(5).file().build())
                .isNotEqualTo(TinyGguf.llama().width(64).seed(6).file().build());
    }

    @Test
    void halfFloatsAreRoundedToTheNearest() {
        assertThat(HalfFloat.bits(1f)).isEqualTo((short) 0x3c00);
        assertThat(HalfFloat.bits(-2f)).isEqualTo((short) 0xc000);
        assertThat(HalfFloat.bits(65_504f)).isEqualTo((short) 0x7bff);
        assertThat(HalfFloat.bits(1 + 0x1p-11f)).isEqualTo((short) 0x3c00);
        assertThat(HalfFloat.bits(1 + 0x1.8p-10f)).isEqualTo((short) 0x3c02);
        assertThat(HalfFloat.bits(1e-6f)).isZero();
        assertThat(HalfFloat.bits(Float.MAX_VALUE)).isEqualTo((short) 0x7c00);
    }
}
