package dev.quantgate.natives.torch;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class CpuFeaturesTest {

    @ParameterizedTest
    @CsvSource({
        "flags\t\t: fpu avx512_vnni avx512_bf16 amx_int8, true",
        "flags : fpu amx_bf16, true",
        "Features\t: fp asimd bf16 i8mm, true",
        "flags\t\t: fpu avx512_vnni avx512f, false",
        "flags\t\t: not_avx512_bf16_at_all, false"
    })
    void bfloat16IsReadFromTheFlags(String line, boolean expected) {
        assertThat(CpuFeatures.parse(Stream.of("processor\t: 0", line)).bfloat16())
                .isEqualTo(expected);
    }

    @ParameterizedTest
    @CsvSource({
        "flags\t\t: fpu avx512_vnni avx512_bf16, true",
        "flags : fpu avx2 avx_vnni, true",
        "Features\t: fp asimd asimddp, true",
        "flags\t\t: fpu avx2 avx512f, false"
    })
    void theInt8DotProductIsReadFromTheFlags(String line, boolean expected) {
        assertThat(CpuFeatures.parse(Stream.of("processor\t: 0", line)).int8DotProduct())
                .isEqualTo(expected);
    }

    @Test
    void aProcessorThatSaysNothingHasNothing() {
        assertThat(CpuFeatures.parse(Stream.of("processor\t: 0"))).isEqualTo(new CpuFeatures(false, false));
    }
}
