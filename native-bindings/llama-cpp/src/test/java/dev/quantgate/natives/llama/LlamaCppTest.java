package dev.quantgate.natives.llama;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Collections;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;

class LlamaCppTest {
    @Test
    void loadsOnceForAllThreads() throws Exception {
        ExecutorService threads = Executors.newFixedThreadPool(8);
        try {
            List<Future<LlamaCpp>> loads = threads.invokeAll(Collections.nCopies(8, LlamaCpp::load));

            LlamaCpp first = LlamaCpp.load();
            for (Future<LlamaCpp> load : loads) {
                assertThat(load.get()).isSameAs(first);
            }
        } finally {
            threads.shutdown();
        }
    }

    @Test
    void tellsWhatWasLoaded() {
        LlamaInfo info = LlamaCpp.load().info();

        assertThat(info.version()).contains("0.5.0");
        assertThat(info.cpuVariant()).isNotBlank().doesNotContain("lib");
        assertThat(info.systemInfo()).contains("CPU");
        assertThat(info.supportsMmap()).isTrue();
    }
}
