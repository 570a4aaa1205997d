package dev.quantgate.worker.llamacpp.gguf;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class AdapterVerifierTest {
    private static final String Q = "blk.0.attn_q.weight";

    @TempDir
    private Path folder;

    private GgufFile base = emptyBase();

    private static GgufFile emptyBase() {
        return new GgufFile(3, 0, 0, 32, Map.of(), Map.of());
    }

    @BeforeEach
    void writeBase() throws IOException {
        base = GgufFile.read(TinyGguf.llama().writeTo(folder.resolve("base.gguf")));
    }

    private AdapterVerifier.Adapter verify(GgufBytes adapter) throws IOException {
        return AdapterVerifier.verify(adapter.writeTo(folder.resolve("adapter.gguf")), base);
    }

    @Test
    void aSoundAdapterIsDescribed() throws IOException {
        var adapter = verify(TinyLora.of(base).rank(6).alpha(3).file());

        assertThat(adapter.rank()).isEqualTo(6);
        assertThat(adapter.alpha()).isEqualTo(3);
        assertThat(adapter.weightsBytes()).isPositive();
    }

    static Stream<Arguments> faults() {
        return Stream.of(
                fault("general.type: model (expected: adapter)", file -> file.string("general.type", "model")),
                fault("adapter.type: control_vector", file -> file.string("adapter.type", "control_vector")),
                fault("adapter.type: missing", file -> file.remove("adapter.type")),
                fault(
                        "general.architecture: qwen2 (expected: llama)",
                        file -> file.string("general.architecture", "qwen2")),
                fault("adapter.lora.alpha: NaN", file -> file.float32("adapter.lora.alpha", Float.NaN)),
                fault(
                        "adapter.lora.alpha: Infinity",
                        file -> file.float32("adapter.lora.alpha", Float.POSITIVE_INFINITY)),
                fault("adapter.lora.alpha: UINT32 8 (expected: FLOAT32)", file -> file.uint32("adapter.lora.alpha", 8)),
                fault("adapter.alora.invocation_tokens", file -> file.int32s("adapter.alora.invocation_tokens", 1, 2)),
                fault(Q + ".lora_b: missing", file -> file.remove(Q + ".lora_b")),
                fault(Q + ".lora_a: missing", file -> file.remove(Q + ".lora_a")),
                fault("blk.9.attn_q.weight.lora_a", file -> pair(file, "blk.9.attn_q.weight", 256, 4, 4, 256)),
                fault("blk.0.attn_norm.weight.lora_a", file -> pair(file, "blk.0.attn_norm.weight", 256, 4, 4, 1)),
                fault(
                        "output_norm.weight (expected: the name",
                        file -> file.zeros("output_norm.weight", GgmlType.F32, 256)),
                fault(Q + ".lora_a shape: [128, 4]", file -> pair(file, Q, 128, 4, 4, 256)),
                fault(Q + ".lora_b shape: [4, 255]", file -> pair(file, Q, 256, 4, 4, 255)),
                fault(Q + ".lora_a shape: [256, 4]", file -> pair(file, Q, 256, 4, 5, 256)),
                fault("token_embd.weight.lora_a shape", file -> pair(file, "token_embd.weight", 256, 4, 4, 512)),
                fault(Q + ".lora_a type: I32", file -> file.zeros(Q + ".lora_a", GgmlType.I32, 256, 4)));
    }

    private static Arguments fault(String message, UnaryOperator<GgufBytes> change) {
        return Arguments.of(message, change);
    }

    private static GgufBytes pair(GgufBytes file, String matrix, long columns, long rankA, long rankB, long rows) {
        return file.zeros(matrix + ".lora_a", GgmlType.F32, columns, rankA)
                .zeros(matrix + ".lora_b", GgmlType.F32, rankB, rows);
    }

    @ParameterizedTest
    @MethodSource("faults")
    void aFaultIsNamed(String message, UnaryOperator<GgufBytes> change) {
        var adapter = change.apply(TinyLora.of(base).file());

        assertThatThrownBy(() -> verify(adapter))
                .isInstanceOf(GgufFormatException.class)
                .hasMessageContaining(message);
    }

    @Test
    void anAdapterWithoutMatricesIsRefused() {
        var empty = new GgufBytes()
                .string("general.type", "adapter")
                .string("general.architecture", "llama")
                .string("adapter.type", "lora");

        assertThatThrownBy(() -> verify(empty)).hasMessageContaining("at least one pair");
    }

    /** llama.cpp would multiply with the embedding's pair and fail an assertion. */
    @Test
    void theEmbeddingIsRefusedWhereTheModelUsesItTwice() throws IOException {
        var adapter = pair(TinyLora.of(base).file(), "token_embd.weight", 4, 512, 4, 256);
        assertThat(verify(adapter).rank()).isEqualTo(4);

        base = GgufFile.read(TinyGguf.llama().file().remove("output.weight").writeTo(folder.resolve("tied.gguf")));

        assertThatThrownBy(() -> verify(adapter)).hasMessageContaining("uses twice");
    }
}
