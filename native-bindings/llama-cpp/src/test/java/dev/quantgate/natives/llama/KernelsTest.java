package dev.quantgate.natives.llama;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class KernelsTest {
    @ParameterizedTest
    @ValueSource(strings = {"auto", "AUTO", " auto ", "", "  "})
    void ourKernelsAreTheDefault(String value) {
        assertThat(Kernels.of(value)).isEqualTo(Kernels.AUTO);
    }

    @ParameterizedTest
    @ValueSource(strings = {"stock", "Stock", "\tstock"})
    void theKernelsOfLlamaCppCanBeAskedFor(String value) {
        assertThat(Kernels.of(value)).isEqualTo(Kernels.STOCK);
    }

    @ParameterizedTest
    @ValueSource(strings = {"own", "1", "auto,stock"})
    void anotherValueIsRefusedByTheVariablesName(String value) {
        assertThatExceptionOfType(LlamaException.class)
                .isThrownBy(() -> Kernels.of(value))
                .withMessage("QUANTGATE_KERNELS: " + value + " (expected: auto or stock)");
    }

    @Test
    void ourKernelsAreOnWhereTheProcessorCanRunThem() throws IOException {
        Set<String> needed = Set.of("avx2", "fma", "f16c", "bmi1", "popcnt");
        assumeTrue(cpuFlags().containsAll(needed), "this processor lacks one of " + needed);

        assertThat(LlamaCpp.load().info().ownKernels()).isEqualTo(Kernels.configured() == Kernels.AUTO);
    }

    private static List<String> cpuFlags() throws IOException {
        return Files.readAllLines(Path.of("/proc/cpuinfo")).stream()
                .filter(line -> line.startsWith("flags"))
                .limit(1)
                .flatMap(line -> Arrays.stream(line.split("\\s+", -1)))
                .toList();
    }
}
