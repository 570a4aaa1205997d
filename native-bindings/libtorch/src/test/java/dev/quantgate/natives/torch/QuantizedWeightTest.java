package dev.quantgate.natives.torch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

class QuantizedWeightTest {

    @BeforeAll
    static void start() {
        TorchRuntime.start(TorchSettings.defaults());
    }

    @Test
    void perTensorCodesFollowTheFormulaOfQuantizeDynamic() {
        float[] weights = {0.5f, -1.0f, 0.25f, 0.0f, 0.75f, -0.1f};
        float scale = 1.0f / 127.5f;

        TorchScope.run(() -> {
            QuantizedWeight quantized = QuantizedWeight.perTensor(TorchTensor.ofFloats(weights, 2, 3));

            assertThat(quantized.scales().toFloats()).containsExactly(scale);
            byte[] codes = quantized.codes().toBytes();
            for (int i = 0; i < codes.length; i++) {
                long expected = Math.max(-128, Math.min(127, (long) Math.rint(weights[i] / scale)));
                assertThat((long) codes[i]).isEqualTo(expected);
            }
        });
    }

    @Test
    void perChannelHasOneScaleARow() {
        float[] weights = {0.5f, -1.0f, 0.25f, 0.0f, 0.0f, 0.0f};

        TorchScope.run(() -> {
            QuantizedWeight quantized = QuantizedWeight.perChannel(TorchTensor.ofFloats(weights, 2, 3));

            assertThat(quantized.scales().toFloats()).hasSize(2).startsWith(1.0f / 127.5f);
            assertThat((int) quantized.codes().toBytes()[1]).isLessThanOrEqualTo(-127);
            assertThat(quantized.dequantized().toFloats()[2]).isCloseTo(0.25f, within(0.005f));
        });
    }

    @Test
    void aPackedLayerComputesWhatItsCodesStandFor() {
        boolean reduceRange = !CpuFeatures.current().int8DotProduct();
        float[] weights = TestValues.uniform(64 * 32, 1);
        float[] inputs = TestValues.uniform(4 * 32, 2);
        float[] bias = TestValues.uniform(64, 3);

        TorchScope.run(() -> {
            try (TensorArena arena = new TensorArena()) {
                QuantizedWeight quantized = QuantizedWeight.perChannel(TorchTensor.ofFloats(weights, 64, 32));
                TorchTensor biasTensor = TorchTensor.ofFloats(bias, 64);
                LinearLayer packed = PackedLinear.of(arena, quantized, biasTensor, reduceRange);
                LinearLayer dense = DenseLinear.of(arena, quantized.dequantized(), biasTensor);
                TorchTensor input = TorchTensor.ofFloats(inputs, 4, 32);

                float[] expected = dense.apply(input).toFloats();
                float[] actual = packed.apply(input).toFloats();

                for (int i = 0; i < expected.length; i++) {
                    assertThat(actual[i]).isCloseTo(expected[i], within(0.05f));
                }
            }
        });
    }
}
