package dev.quantgate.natives.torch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

class TorchTensorTest {

    private static final int CALLS = 100_000;
    private static final long ALLOWED_GROWTH_BYTES = 24L << 20;

    @BeforeAll
    static void start() {
        TorchRuntime.start(TorchSettings.defaults());
    }

    @Test
    void aTensorOverABufferSeesTheBufferWithoutACopy() {
        ByteBuffer buffer = ByteBuffer.allocateDirect(16).order(ByteOrder.LITTLE_ENDIAN);
        buffer.putFloat(4, 2.5f);

        TorchScope.run(() -> {
            TorchTensor tensor = TorchTensor.over(buffer.slice(4, 8), DType.FLOAT32, 2);
            assertThat(tensor.toFloats()).containsExactly(2.5f, 0f);
            buffer.putFloat(8, -1f);
            assertThat(tensor.toFloats()).containsExactly(2.5f, -1f);
        });
    }

    @Test
    void aShapeThatContradictsTheValuesIsRefused() {
        assertThatThrownBy(() -> TorchTensor.ofFloats(new float[3], 2, 2))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("shape: [2, 2] (expected: 3 elements)");
    }

    @Test
    void anArenaKeepsATensorPastItsScope() {
        try (TensorArena arena = new TensorArena()) {
            TorchTensor kept = TorchScope.call(() -> arena.keep(TorchTensor.ofFloats(new float[] {1, 2}, 2)));

            assertThat(TorchScope.<float[]>call(kept::toFloats)).containsExactly(1f, 2f);
        }
    }

    @Test
    void residentMemoryStaysFlatOverManyCalls() throws IOException {
        try (TensorArena arena = new TensorArena()) {
            LinearLayer layer = TorchScope.call(() -> PackedLinear.of(
                    arena,
                    QuantizedWeight.perChannel(TorchTensor.ofFloats(TestValues.uniform(64 * 64, 1), 64, 64)),
                    TorchTensor.ofFloats(new float[64], 64),
                    false));
            float[] input = TestValues.uniform(16 * 64, 2);
            call(layer, input, CALLS / 10);
            long before = TestValues.residentBytes();

            call(layer, input, CALLS);

            assertThat(TestValues.residentBytes() - before).isLessThan(ALLOWED_GROWTH_BYTES);
        }
    }

    private static void call(LinearLayer layer, float[] input, int times) {
        for (int i = 0; i < times; i++) {
            TorchScope.run(() -> TorchOps.geluInPlace(layer.apply(TorchTensor.ofFloats(input, 16, 64))));
        }
    }
}
