package dev.quantgate.worker.torch.model;

import static org.assertj.core.api.Assertions.assertThat;

import dev.quantgate.natives.torch.CpuFeatures;
import dev.quantgate.natives.torch.DType;
import dev.quantgate.worker.torch.quantize.Precision;
import org.junit.jupiter.api.Test;

final class ComputeTypeTest {

    private static final CpuFeatures WITH_BFLOAT16 = new CpuFeatures(true, true);
    private static final CpuFeatures WITHOUT_BFLOAT16 = new CpuFeatures(false, false);

    @Test
    void bfloat16IsComputedOnlyWhereTheProcessorDoes() {
        assertThat(ModelWeights.computeType("bf16", WITH_BFLOAT16)).isEqualTo(DType.BFLOAT16);
        assertThat(ModelWeights.computeType("bf16_embed8", WITHOUT_BFLOAT16)).isEqualTo(DType.FLOAT32);
        assertThat(ModelWeights.computeType("dynamic_int8", WITH_BFLOAT16)).isEqualTo(DType.FLOAT32);
    }

    @Test
    void theFullRangeIsUsedOnlyWhereItDoesNotOverflow() {
        assertThat(ModelWeights.reducesRange(QuantizedFormat.FULL, new CpuFeatures(false, true)))
                .isFalse();
        assertThat(ModelWeights.reducesRange(QuantizedFormat.FULL, new CpuFeatures(false, false)))
                .isTrue();
        assertThat(ModelWeights.reducesRange(QuantizedFormat.REDUCED, new CpuFeatures(false, true)))
                .isTrue();
    }

    @Test
    void theDescriptionSaysWhenBfloat16IsNotComputed() {
        assertThat(Precision.BF16.description(WITH_BFLOAT16)).isEqualTo("bfloat16");
        assertThat(Precision.BF16.description(WITHOUT_BFLOAT16)).contains("computed in float32");
        assertThat(Precision.DYNAMIC_INT8.description(WITHOUT_BFLOAT16)).doesNotContain("float32");
    }
}
