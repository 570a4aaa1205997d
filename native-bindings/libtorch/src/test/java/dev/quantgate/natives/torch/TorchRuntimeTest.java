package dev.quantgate.natives.torch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

class TorchRuntimeTest {

    private final TorchRuntime runtime = TorchRuntime.start(TorchSettings.defaults());

    @Test
    void reportsVersionEngineAndThreads() {
        TorchInfo info = runtime.info();

        assertThat(info.version()).startsWith("2.10.0");
        assertThat(info.engine()).isEqualTo(info.supportedEngines().get(0));
        assertThat(info.supportedEngines()).contains(QuantizedEngine.ONEDNN, QuantizedEngine.FBGEMM);
        assertThat(info.threads()).isEqualTo(1);
        assertThat(info.cpuCapability()).isNotBlank();
    }

    @Test
    void startingAgainWithTheSameSettingsReturnsTheSameRuntime() {
        assertThat(TorchRuntime.start(TorchSettings.defaults())).isSameAs(runtime);
    }

    @Test
    void startingAgainWithOtherSettingsIsRefused() {
        TorchSettings other = TorchSettings.defaults().withThreads(2);

        assertThatThrownBy(() -> TorchRuntime.start(other))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("2 threads");
    }

    @Test
    void zeroThreadsAreRefused() {
        TorchSettings settings = TorchSettings.defaults();

        assertThatThrownBy(() -> settings.withThreads(0))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("threads: 0 (expected: >= 1)");
    }
}
