package dev.quantgate.worker.llamacpp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.quantgate.worker.api.backend.BackendSettings;
import dev.quantgate.worker.llamacpp.gguf.GgufInfo;
import dev.quantgate.worker.llamacpp.gguf.TinyGguf;
import dev.quantgate.worker.llamacpp.quantize.ModelFiles;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ContextPlanTest {
    private static final long MUCH = 1L << 30;
    private static final int CONTEXT = 512;

    @TempDir
    private static Path folder;

    private static GgufInfo info;

    @BeforeAll
    static void verify() {
        info = ModelFiles.verify(TinyGguf.llama().writeTo(folder.resolve("tiny.gguf")));
    }

    private static ContextPlan plan(int sequences, long freeBytes, Map<String, String> options) {
        return plan(sequences, freeBytes, options, false);
    }

    private static ContextPlan plan(int sequences, long freeBytes, Map<String, String> options, boolean ownKernels) {
        var settings = new BackendSettings(1, freeBytes, 0, sequences, 8, options);
        var tuning = EngineOptions.parse(settings).withKernels(ownKernels);
        return ContextPlan.choose(info, settings, tuning, 0, freeBytes);
    }

    @Test
    void manySequencesAreSeparate() {
        var plan = plan(16, MUCH, Map.of());

        assertThat(plan.separate()).isTrue();
        assertThat(plan.sequenceSlots()).isEqualTo(16);
        assertThat(plan.kvTokens()).isEqualTo(16 * CONTEXT);
        assertThat(plan.contextOptions(EngineOptions.parse(new BackendSettings(1, MUCH, 0, 16, 8, Map.of())), 1)
                        .unifiedKv())
                .isFalse();
    }

    @Test
    void manySequencesShareAPoolOfWholeContextsWithOwnKernels() {
        var plan = plan(64, MUCH, Map.of(), true);

        assertThat(plan.separate()).isFalse();
        assertThat(plan.kvTokens()).isEqualTo(64 * CONTEXT);
        assertThat(plan(64, MUCH, Map.of("kv_type_k", "q8_0"), true).separate()).isTrue();
        assertThat(plan(64, MUCH, Map.of("flash_attention", "off"), true).separate())
                .isTrue();
        assertThat(plan(64, 16 * plan.memory().kvCacheBytes() - 1, Map.of(), true)
                        .kvTokens())
                .isLessThan(64 * CONTEXT);
    }

    @Test
    void fewSequencesShareAPool() {
        assertThat(plan(15, MUCH, Map.of()).separate()).isFalse();
    }

    @Test
    void whatWouldTakeTooMuchMemoryIsShared() {
        var separate = plan(64, MUCH, Map.of());
        assertThat(separate.separate()).isTrue();

        var shared = plan(64, 16 * separate.memory().kvCacheBytes() - 1, Map.of());

        assertThat(shared.separate()).isFalse();
        assertThat(shared.memory().kvCacheBytes()).isLessThan(separate.memory().kvCacheBytes());
    }

    @Test
    void aPoolSmallerThanAllContextsIsShared() {
        assertThat(plan(16, MUCH, Map.of("kv_tokens", "4096")).separate()).isFalse();
        assertThat(plan(16, MUCH, Map.of("kv_tokens", "8192")).separate()).isTrue();
    }

    @Test
    void theLayoutCanBeNamed() {
        assertThat(plan(16, MUCH, Map.of("kv_layout", "shared")).separate()).isFalse();
        assertThat(plan(2, MUCH, Map.of("kv_layout", "separate")).separate()).isTrue();
        assertThat(plan(2, MUCH, Map.of("deterministic", "true")).separate()).isTrue();
        assertThatThrownBy(() -> plan(2, MUCH, Map.of("kv_layout", "nowhere")))
                .hasMessageContaining("nowhere")
                .hasMessageContaining("auto, shared, separate");
    }
}
