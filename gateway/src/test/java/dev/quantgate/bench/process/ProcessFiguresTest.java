package dev.quantgate.bench.process;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

final class ProcessFiguresTest {
    @Test
    void readsUserAndSystemTimeBehindANameWithSpacesAndParentheses() {
        var stat = "7 (a (b) c) S 1 7 7 0 -1 4194560 10 20 30 40 1234 66 5 6 20 0 1 0 99";

        assertThat(ProcessFigures.parseCpuSeconds(stat)).isEqualTo(13);
    }

    @Test
    void readsTheResidentSet() {
        assertThat(ProcessFigures.parseResidentBytes("Name:\tx\nVmHWM:\t 9 kB\nVmRSS:\t  2048 kB\nThreads:\t3\n"))
                .isEqualTo(2L << 20);
    }

    @Test
    void aProcessThatEndedHasNoResidentSet() {
        assertThatThrownBy(() -> ProcessFigures.parseResidentBytes("Name:\tx\nState:\tZ (zombie)\n"))
                .hasMessageContaining("no VmRSS");
    }

    @Test
    void readsThisProcess() throws Exception {
        var self = ProcessHandle.current().pid();

        assertThat(ProcessFigures.cpuSeconds(self)).isPositive();
        assertThat(ProcessFigures.residentBytes(self)).isGreaterThan(1 << 20);
        assertThat(ProcessFigures.openFiles(self)).isGreaterThan(3);
        assertThat(ProcessFigures.threads(self)).isGreaterThan(1);
    }
}
