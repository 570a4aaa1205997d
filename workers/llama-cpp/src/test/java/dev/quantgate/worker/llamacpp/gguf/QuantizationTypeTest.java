package dev.quantgate.worker.llamacpp.gguf;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

class QuantizationTypeTest {
    @ParameterizedTest
    @EnumSource(QuantizationType.class)
    void namesAndNumbersLeadBackToTheirType(QuantizationType type) {
        assertThat(QuantizationType.named(type.name())).contains(type);
        assertThat(QuantizationType.fromFileType(type.fileType())).contains(type);
    }

    @ParameterizedTest
    @EnumSource(QuantizationType.class)
    void averageBitsAreNearThoseOfTheBaseType(QuantizationType type) {
        double base = type.baseType().bitsPerElement();
        assertThat(type.bitsPerWeight()).isBetween(base * 0.95, base * 1.4);
    }

    @ParameterizedTest
    @CsvSource({"Q4_K, Q4_K_M", "q3_k, Q3_K_M", "Q5_k, Q5_K_M", "q8_0, Q8_0", "mxfp4_moe, MXFP4_MOE"})
    void aliasesAndAnyCaseAreUnderstood(String name, QuantizationType type) {
        assertThat(QuantizationType.named(name)).contains(type);
    }

    @Test
    void unknownNamesHaveNoType() {
        assertThat(QuantizationType.named("Q9_K")).isEmpty();
        assertThat(QuantizationType.named("COPY")).isEmpty();
        assertThat(QuantizationType.fromFileType(1024)).isEmpty();
    }

    @Test
    void theSmallestCodebookTypesNeedAnImportanceMatrix() {
        assertThat(Arrays.stream(QuantizationType.values()).filter(QuantizationType::needsImportanceMatrix))
                .containsExactlyInAnyOrder(
                        QuantizationType.IQ1_S,
                        QuantizationType.IQ1_M,
                        QuantizationType.IQ2_XXS,
                        QuantizationType.IQ2_XS,
                        QuantizationType.IQ2_S,
                        QuantizationType.IQ2_M,
                        QuantizationType.IQ3_XXS,
                        QuantizationType.IQ3_XS,
                        QuantizationType.Q2_K_S);
    }
}
