package dev.quantgate.natives.torch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

class TorchExceptionTest {

    @BeforeAll
    static void start() {
        TorchRuntime.start(TorchSettings.defaults());
    }

    @Test
    void buildPathsFramesAndAddressesAreCutOff() {
        String raw =
                "shape mismatch\nException raised from f at /home/runner/work/x/aten/Linear.cpp:12 (most recent call"
                        + " first):\nframe #0: c10::Error 0x7f00deadbeef";

        assertThat(TorchException.sanitize(raw)).isEqualTo("shape mismatch");
        assertThat(TorchException.sanitize(
                        "INTERNAL ASSERT FAILED at \"/home/r/pytorch/c10/core/A.cpp\":3, at 0x7f00dead"))
                .isEqualTo("INTERNAL ASSERT FAILED at A.cpp:3, at 0x?");
    }

    @Test
    void wrongShapesRaiseASanitisedException() {
        assertThatThrownBy(() -> TorchScope.run(() -> TorchOps.addInPlace(
                        TorchTensor.ofFloats(new float[6], 2, 3), TorchTensor.ofFloats(new float[4], 4))))
                .isInstanceOf(TorchException.class)
                .hasMessageNotContainingAny("/home", "frame #", "Exception raised");
    }

    @Test
    void idsOutsideTheTableRaiseInsteadOfCrashing() {
        assertThatThrownBy(() -> TorchScope.run(() -> TorchOps.embedding(
                        TorchTensor.ofFloats(new float[6], 2, 3), TorchTensor.ofLongs(new long[] {7}, 1))))
                .isInstanceOf(RuntimeException.class)
                .hasMessageContaining("range");
    }
}
